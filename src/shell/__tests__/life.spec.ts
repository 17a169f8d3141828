import { runSessions, type ISession } from '../life';

class Session implements ISession {
  readonly signals: AbortSignal[] = [];

  run(signal: AbortSignal): Promise<never> {
    this.signals.push(signal);
    return new Promise(() => undefined);
  }
}

const page = new EventTarget();

beforeAll(() => {
  const addEventListener = page.addEventListener.bind(page);
  Object.assign(globalThis, { addEventListener });
});

function show(persisted: boolean): void {
  page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }));
}

it('ends a session with its page, and begins another when the page is shown again', () => {
  const session = new Session();
  runSessions(session);
  show(false); // as each page does after it was loaded
  expect(session.signals.map(({ aborted }) => aborted)).toEqual([false]);
  page.dispatchEvent(new Event('pagehide'));
  expect(session.signals.map(({ aborted }) => aborted)).toEqual([true]);
  show(true);
  expect(session.signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});
