import { appLock } from '../../protocol';
import type { Exchange } from '../request/exchange';

/** The exchanges with the kernel of each app, by the name of the app's lock. */
const monitored = new Map<string, Set<Exchange>>();

/**
 * Abandon `exchange` if the kernel that serves `app` on the site at `base` ends before
 * it does.
 *
 * A kernel holds its app's lock while it serves, and the browser releases the lock
 * however the kernel dies: whoever is granted the lock knows that it is gone.
 */
export function monitorKernel(
  base: string,
  app: string,
  exchange: Exchange
): void {
  const lock = appLock(base, app);
  const exchanges = monitored.get(lock) ?? new Set();
  if (!monitored.has(lock)) {
    monitored.set(lock, exchanges);
    // Shared and released at once, so that the next kernel can take the lock.
    void navigator.locks.request(lock, { mode: 'shared' }, () => {
      monitored.delete(lock);
      exchanges.forEach(each => each.abandon());
    });
  }
  exchanges.add(exchange);
  void exchange.ended.then(() => exchanges.delete(exchange));
}
