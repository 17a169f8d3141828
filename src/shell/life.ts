/** Begins and ends sessions with the page, which the browser may keep and show again. */

import { untilAborted } from './until';

/** What a session does until its signal is aborted. */
export interface ISession {
  run(signal: AbortSignal): Promise<never>;
}

/** Run sessions while the page is shown. */
export function runSessions(session: ISession): void {
  let life = new AbortController();
  const start = () => {
    life = new AbortController();
    const { signal } = life;
    Promise.race([session.run(signal), untilAborted(signal)]).catch(
      (error: unknown) => {
        if (!signal.aborted) {
          console.error(error);
        }
      }
    );
  };
  addEventListener('pagehide', () => life.abort());
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) {
      start();
    }
  });
  start();
}
