import { repliesChannel } from '../protocol';
import { heldLocks } from './kernel/locks';
import { drain } from './kernel/kernelChannel';

declare const self: ServiceWorkerGlobalScope;

/** Milliseconds between two attempts to take over. */
const AGAIN = 2000;

/**
 * On an `install` event, ask the instances that are to be replaced to end their
 * open streams with an error; then take their place.
 *
 * Chromium would let this one wait for them for minutes, Firefox would end them
 * as if they were complete. JupyterLite may have removed their registration, so
 * it cannot tell who they are; their locks can.
 *
 * Chromium stops the old worker at the next moment without a request. One that
 * comes while it stops starts it anew, and a stream may be opened again: with
 * either it would stay for those minutes after all, so it is asked again.
 */
export function handleInstall(event: ExtendableEvent): void {
  const base = new URL(self.registration.scope).pathname;
  // Without that there is a wait; with a rejection there would be no worker.
  event.waitUntil(drainOthers(base).catch(() => undefined));
  const timer = setInterval(() => {
    if (self.registration.waiting !== null) {
      void takeOver(base).catch(() => undefined);
    } else if (self.registration.installing === null) {
      clearInterval(timer);
    }
  }, AGAIN);
}

async function takeOver(base: string): Promise<void> {
  await drainOthers(base);
  await self.skipWaiting();
}

async function drainOthers(base: string): Promise<void> {
  const prefix = repliesChannel(base, '');
  const instances = (await heldLocks())
    .map(lock => lock.name)
    .filter(name => name.startsWith(prefix));
  await Promise.all(instances.map(drain));
}
