/** Who serves the app in this browser, as the locks show, and which page owns its runtime. */

import { appLock, publishedLock, shellLock } from '../protocol';
import { heldLocks } from '../worker/kernel/locks';
import type { Place } from './page';
import { untilTime } from './until';

/** Nobody, the runtime of the published app, or a notebook's kernel. */
export type Server = 'none' | 'runtime' | 'notebook';

type App = Pick<Place, 'base' | 'name'>;

/** Milliseconds between two looks at the locks; a lock's request cannot wait for a holder. */
const PERIOD = 200;

export async function findServer({ base, name }: App): Promise<Server> {
  const locks = await heldLocks();
  const holderOf = (lock: string) =>
    locks.find(({ name }) => name === lock)?.clientId;
  const holder = holderOf(appLock(base, name));
  if (holder === undefined) {
    return 'none';
  }
  return holder === holderOf(publishedLock(base, name))
    ? 'runtime'
    : 'notebook';
}

/** Wait until one of `servers` serves the app; rejects when `signal` is aborted. */
export async function untilServedBy(
  app: App,
  servers: readonly Server[],
  signal: AbortSignal
): Promise<Server> {
  for (;;) {
    const server = await findServer(app);
    signal.throwIfAborted();
    if (servers.includes(server)) {
      return server;
    }
    await untilTime(PERIOD, signal);
  }
}

/** Wait until whoever serves the app has stopped; rejects when `signal` is aborted. */
export async function untilReleased(
  { base, name }: App,
  signal: AbortSignal
): Promise<void> {
  const options: LockOptions = { mode: 'shared', signal };
  await navigator.locks.request(appLock(base, name), options, () => undefined);
}

/**
 * Own the runtime while `own` runs, after all pages that asked before.
 * Rejects when `signal` is aborted before.
 */
export async function owning<Result>(
  { base, name }: App,
  signal: AbortSignal,
  own: () => Promise<Result>
): Promise<Result> {
  const lock = shellLock(base, name);
  return navigator.locks.request(lock, { signal }, own) as Promise<Result>;
}
