/** The worker that runs a published app. */

import type { FromRuntime, ToRuntime } from '../published';
import { Start } from './start';

declare const self: DedicatedWorkerGlobalScope;

const post = (message: FromRuntime) => self.postMessage(message);
let start: Promise<Start> | null = null;

self.addEventListener('message', ({ data }: MessageEvent<ToRuntime>) => {
  switch (data.type) {
    case 'start':
      start = Start.open(data, post);
      return void start.then(start => start.run());
    case 'use':
      return void start?.then(start => start.reportUse());
  }
});
