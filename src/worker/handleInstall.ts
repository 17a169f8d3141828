import { repliesChannel } from '../protocol';
import { heldLocks } from './locks';
import { drain } from './replies';

declare const self: ServiceWorkerGlobalScope;

/**
 * On an `install` event, ask the instances that are to be replaced to end their
 * open streams with an error.
 *
 * Chromium would let this one wait for them for minutes, Firefox would end them
 * as if they were complete. JupyterLite may have removed their registration, so
 * it cannot tell who they are; their locks can.
 */
export function handleInstall(event: ExtendableEvent): void {
  const base = new URL(self.registration.scope).pathname;
  // Without that there is a wait; with a rejection there would be no worker.
  event.waitUntil(drainOthers(base).catch(() => undefined));
}

async function drainOthers(base: string): Promise<void> {
  const prefix = repliesChannel(base, '');
  const instances = (await heldLocks())
    .map(lock => lock.name)
    .filter(name => name.startsWith(prefix));
  await Promise.all(instances.map(drain));
}
