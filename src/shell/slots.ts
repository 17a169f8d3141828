/** Limits how many runtimes live in one browser at once, as each takes 100 to 250 MB. */

import { PACKAGE } from '../protocol';

/** The locks of the runtimes of an origin, whatever the site. */
const SLOTS = [0, 1].map(slot => `${PACKAGE} runtime ${slot}`);

/**
 * Take one of the origin's slots.
 *
 * @returns what gives it back; null if all are taken
 */
export async function takeSlot(
  locks: Pick<LockManager, 'request'> = navigator.locks
): Promise<(() => void) | null> {
  for (const slot of SLOTS) {
    const release = await tryLock(slot, locks);
    if (release !== null) {
      return release;
    }
  }
  return null;
}

function tryLock(
  name: string,
  locks: Pick<LockManager, 'request'>
): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, lock =>
        lock === null
          ? resolve(null)
          : new Promise<void>(release => resolve(release))
      )
      .catch(reject);
  });
}
