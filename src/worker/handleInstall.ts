import { repliesChannel } from '../protocol';
import { heldLocks } from './kernel/locks';
import { drain } from './kernel/kernelChannel';

declare const self: ServiceWorkerGlobalScope;

/** Milliseconds between attempts to take over. */
const RETRY = 2000;

/**
 * On an `install` event, make old instances of the worker end their open streams with
 * an error, then replace them. On its own, Chromium would wait minutes for the streams,
 * and Firefox would end them as if they were complete.
 *
 * Locks identify the old instances, because JupyterLite may have removed their
 * registration.
 *
 * Chromium stops the old worker once it has no requests. A request that arrives during
 * the stop restarts it, and a stream may be reopened, so this is repeated.
 */
export function handleInstall(event: ExtendableEvent): void {
  const base = new URL(self.registration.scope).pathname;
  // A rejection would cancel the installation; a failure here only delays it.
  event.waitUntil(
    drainOthers(base)
      .catch(() => undefined)
      // As JupyterLite's part does, which some sites lack.
      .then(() => void self.skipWaiting())
  );
  const timer = setInterval(() => {
    if (self.registration.waiting !== null) {
      drainOthers(base)
        .then(() => self.skipWaiting())
        .catch(() => undefined);
    } else if (self.registration.installing === null) {
      clearInterval(timer);
    }
  }, RETRY);
}

async function drainOthers(base: string): Promise<void> {
  const prefix = repliesChannel(base, '');
  const instances = (await heldLocks())
    .map(lock => lock.name)
    .filter(name => name.startsWith(prefix));
  await Promise.all(instances.map(drain));
}
