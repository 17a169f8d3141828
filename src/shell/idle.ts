/** Ends a runtime that nobody needs for a while, as each takes 100 to 250 MB. */

import { seenLock, wantedChannel } from '../protocol';
import type { IUse } from '../published';
import { want } from '../wanted';
import { isHeld } from '../worker/kernel/locks';
import type { Place } from './page';
import { untilAborted, untilTime } from './until';

/** Milliseconds without a page that is seen, and without a request. */
export const IDLE = 10 * 60_000;

/** Milliseconds between two looks. */
const PERIOD = 30_000;

type App = Pick<Place, 'base' | 'name'>;
type Locks = Pick<LockManager, 'query' | 'request'>;

/** Let other pages know while a reader may see this one; ends with `signal`. */
export async function announceSeen(
  app: App,
  signal: AbortSignal,
  view: Document = document,
  locks: Locks = navigator.locks
): Promise<never> {
  for (;;) {
    await untilVisibilityIs('visible', view, signal);
    const options = { mode: 'shared', signal } as const;
    await locks.request(seenLock(app.base, app.name), options, () => {
      want(app.base, app.name);
      return untilVisibilityIs('hidden', view, signal);
    });
  }
}

/** Wait until the runtime is idle; rejects when `signal` is aborted. */
export async function untilIdle(
  app: App,
  ask: () => Promise<IUse>,
  signal: AbortSignal,
  locks: Locks = navigator.locks
): Promise<void> {
  let since = Date.now();
  // A reader may look at a page between two looks of ours.
  const channel = new BroadcastChannel(wantedChannel(app.base, app.name));
  channel.onmessage = () => {
    since = Date.now();
  };
  try {
    for (let known = 0; Date.now() - since < IDLE;) {
      await untilTime(PERIOD, signal);
      const { received, running } = await ask();
      if (running > 0 || received !== known || (await isSeen(app, locks))) {
        known = received;
        since = Date.now();
      }
    }
  } finally {
    channel.close();
  }
}

/** Wait until a reader sees a page of the app, or a request waits for it. */
export async function untilNeeded(
  app: App,
  signal: AbortSignal,
  locks: Locks = navigator.locks
): Promise<void> {
  const channel = new BroadcastChannel(wantedChannel(app.base, app.name));
  const wanted = new Promise<void>(resolve => {
    channel.onmessage = () => resolve();
  });
  try {
    if (!(await isSeen(app, locks))) {
      await Promise.race([wanted, untilAborted(signal)]);
    }
  } finally {
    channel.close();
  }
}

function isSeen({ base, name }: App, locks: Locks): Promise<boolean> {
  return isHeld(seenLock(base, name), locks);
}

function untilVisibilityIs(
  state: DocumentVisibilityState,
  view: Document,
  signal: AbortSignal
): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (view.visibilityState === state) {
        end();
        resolve();
      }
    };
    const abort = () => {
      end();
      reject(signal.reason as Error);
    };
    const end = () => {
      view.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', abort);
    };
    view.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', abort);
    if (signal.aborted) {
      abort();
    } else {
      look();
    }
  });
}
