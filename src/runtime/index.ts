/** The worker that runs a published app. */

import type { ToRuntime } from '../published';
import { start } from './start';

declare const self: DedicatedWorkerGlobalScope;

self.addEventListener('message', ({ data }: MessageEvent<ToRuntime>) => {
  void start(data, message => self.postMessage(message));
});
