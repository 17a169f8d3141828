import type { FromRuntime, IManifest, IStart } from '../../published';
import { Fault } from '../fault';
import { runApp, type IObserver } from '../runtime';

const place = { site: 'https://example.org/demo/', title: 'Shop' };
const SCRIPT = `${place.site}static/runtime.js`;
const manifest = {
  scripts: { runtime: { url: 'static/runtime.js', size: 1 } }
} as IManifest;

/** The workers that were made, in their order. */
let workers: FakeWorker[];
let life: AbortController;
let observer: jest.Mocked<IObserver>;

class FakeWorker implements Pick<Worker, 'postMessage' | 'terminate'> {
  readonly orders: unknown[] = [];
  isEnded = false;
  onmessage: Worker['onmessage'] = null;
  onmessageerror: Worker['onmessageerror'] = null;
  onerror: Worker['onerror'] = null;

  constructor(readonly url: string) {
    workers.push(this);
  }

  postMessage(order: unknown): void {
    this.orders.push(order);
  }

  terminate(): void {
    this.isEnded = true;
  }

  say(data: FromRuntime): void {
    this.onmessage?.call(this as never, { data } as MessageEvent);
  }

  fail(message = ''): void {
    const event = { message, filename: 'runtime.js', lineno: 3 };
    this.onerror?.call(this as never, event as ErrorEvent);
  }
}

beforeEach(() => {
  jest.useFakeTimers();
  workers = [];
  life = new AbortController();
  observer = {
    progress: jest.fn(),
    log: jest.fn(),
    stalled: jest.fn(),
    ready: jest.fn()
  };
});

afterEach(() => {
  jest.useRealTimers();
});

const run = (reload = false) =>
  runApp(place, { manifest, reload }, observer, life.signal, FakeWorker);
const settle = () => jest.advanceTimersByTimeAsync(0);

it('runs the app until a notebook takes it over', async () => {
  const running = run();
  const [worker] = workers;
  expect(worker!.url).toBe(SCRIPT);
  expect(worker!.orders).toEqual([
    { type: 'start', base: place.site, manifest, reload: false, plain: false }
  ]);
  worker!.say({ type: 'lost' });
  await running;
  expect(worker!.isEnded).toBe(true);
});

it('starts plainly in a new worker if a snapshot fails', async () => {
  const running = run();
  workers[0]!.say({ type: 'again', reason: 'damaged' });
  await settle();
  expect(workers[0]!.isEnded).toBe(true);
  expect((workers[1]!.orders[0] as IStart).plain).toBe(true);
  expect(observer.log).toHaveBeenCalledWith('damaged');
  workers[1]!.say({ type: 'again', reason: 'impossible' });
  await expect(running).rejects.toThrow(/neither from a copy of its memory/);
});

it('says why the app did not start', async () => {
  const running = run();
  workers[0]!.say({ type: 'failed', sentence: 'No.', detail: 'Traceback' });
  await expect(running).rejects.toEqual(new Fault('No.', 'Traceback'));
  expect(workers[0]!.isEnded).toBe(true);
});

it('says that the script could not be loaded', async () => {
  const running = run();
  workers[0]!.fail();
  await expect(running).rejects.toMatchObject({
    sentence: expect.stringMatching(/^Python could not be loaded/) as string,
    detail: SCRIPT
  });
});

it('logs what fails once the app answers', async () => {
  const running = run();
  workers[0]!.say({ type: 'ready', took: 1, from: 'bundle' });
  workers[0]!.fail('oops');
  expect(observer.log).toHaveBeenCalledWith('oops (runtime.js:3)');
  workers[0]!.say({ type: 'lost' });
  await running;
});

describe('a start after one that failed', () => {
  it('loads the script past all copies', async () => {
    const running = run(true);
    expect(workers[0]!.url).toMatch(/^.*runtime\.js\?\d+$/);
    workers[0]!.say({ type: 'lost' });
    await running;
    expect(workers).toHaveLength(1);
  });

  it('takes the copy where the site is out of reach', async () => {
    const running = run(true);
    workers[0]!.fail();
    expect(workers[0]!.isEnded).toBe(true);
    expect(workers[1]!.url).toBe(SCRIPT);
    expect(workers[1]!.orders).toEqual(workers[0]!.orders);
    workers[1]!.say({ type: 'lost' });
    await running;
  });
});

it('says once that nothing happens', async () => {
  const running = run();
  await jest.advanceTimersByTimeAsync(29_000);
  workers[0]!.say({ type: 'log', text: 'slow' });
  await jest.advanceTimersByTimeAsync(29_000);
  expect(observer.stalled).not.toHaveBeenCalled();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(observer.stalled).toHaveBeenCalledTimes(1);
  workers[0]!.say({ type: 'lost' });
  await running;
});

it('answers how the app is used', async () => {
  const running = run();
  workers[0]!.say({ type: 'ready', took: 1, from: 'bundle' });
  const [, ask] = observer.ready.mock.calls[0]!;
  const use = ask();
  expect(workers[0]!.orders[1]).toEqual({ type: 'use' });
  workers[0]!.say({ type: 'use', received: 3, running: 1 });
  expect(await use).toMatchObject({ received: 3, running: 1 });
  workers[0]!.say({ type: 'lost' });
  await running;
});

it('ends with its page', async () => {
  const running = run();
  life.abort(new Error('ended'));
  await expect(running).rejects.toThrow('ended');
  expect(workers[0]!.isEnded).toBe(true);
});
