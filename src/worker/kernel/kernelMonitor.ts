import { appLock } from '../../protocol';

/** What to call when the kernel of each app ends, by the name of the app's lock. */
const monitored = new Map<string, Set<() => void>>();

/**
 * Call `onGone` if the kernel that serves `app` on the site at `base` ends before `ended`
 * resolves.
 *
 * A kernel holds its app's lock while it serves, and the browser releases the lock
 * however the kernel dies: whoever is granted the lock knows that it is gone.
 */
export function monitorKernel(
  base: string,
  app: string,
  ended: Promise<void>,
  onGone: () => void
): void {
  const lock = appLock(base, app);
  const listeners = monitored.get(lock) ?? new Set();
  if (!monitored.has(lock)) {
    monitored.set(lock, listeners);
    // Shared and released at once, so that the next kernel can take the lock.
    void navigator.locks.request(lock, { mode: 'shared' }, () => {
      monitored.delete(lock);
      listeners.forEach(listener => listener());
    });
  }
  listeners.add(onGone);
  void ended.then(() => listeners.delete(onGone));
}
