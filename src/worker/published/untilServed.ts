import { appLock, shellLock } from '../../protocol';
import { want } from '../../wanted';

/** Seconds to wait for an app that is starting. */
export const LIMIT = 60;

/** Milliseconds between two looks at the locks, which the browser does not announce. */
const PERIOD = 100;

/** Milliseconds in which another page takes an app over whose page was closed. */
export const HANDOVER = 1000;

/** Whether an app is `served`, or else `starting`, as a page owns it or is about to. */
async function stateOf(
  base: string,
  app: string
): Promise<'served' | 'starting' | 'idle'> {
  const { held = [], pending = [] } = await navigator.locks.query();
  const has = (locks: LockInfo[], name: string) =>
    locks.some(lock => lock.mode === 'exclusive' && lock.name === name);
  if (has(held, appLock(base, app))) {
    return 'served';
  }
  const shell = shellLock(base, app);
  return has(held, shell) || has(pending, shell) ? 'starting' : 'idle';
}

/**
 * Wait until the published app `app` is served.
 *
 * @param grace - milliseconds in which a page may still begin to start it
 * @returns how the wait has ended; `idle` if no page starts it
 */
export async function untilServed(
  base: string,
  app: string,
  grace = 0
): Promise<'served' | 'idle' | 'late'> {
  const start = Date.now();
  let claimed = start; // the last time that a page was starting it
  for (;;) {
    const state = await stateOf(base, app);
    const now = Date.now();
    if (state === 'served') {
      return state;
    }
    if (state === 'starting') {
      claimed = now;
      want(base, app);
    } else if (now - claimed >= grace) {
      return state;
    }
    if (now - start >= LIMIT * 1000) {
      return 'late';
    }
    await new Promise(resolve => {
      setTimeout(resolve, PERIOD);
    });
  }
}
