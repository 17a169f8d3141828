import { seenLock, wantedChannel } from '../../protocol';
import type { IUse } from '../../published';
import { announceSeen, IDLE, untilIdle, untilNeeded } from '../idle';

const APP = { base: '/demo/', name: 'shop' };

/** Shared locks, as far as pages of one app take them. */
class Locks {
  readonly held: string[] = [];

  async query(): Promise<LockManagerSnapshot> {
    return { held: this.held.map(name => ({ name })), pending: [] };
  }

  async request(
    name: string,
    _options: LockOptions,
    run: () => Promise<void>
  ): Promise<void> {
    this.held.push(name);
    await run().finally(() => this.held.splice(this.held.indexOf(name), 1));
  }
}

let locks: Locks & LockManager;
let life: AbortController;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  locks = new Locks() as Locks & LockManager;
  life = new AbortController();
});

afterEach(() => {
  life.abort(new Error('ended'));
  jest.useRealTimers();
});

describe('a runtime is idle', () => {
  let use: IUse;
  let isIdle: boolean;

  beforeEach(() => {
    use = { type: 'use', received: 0, running: 0 };
    isIdle = false;
    void untilIdle(APP, async () => use, life.signal, locks).then(
      () => (isIdle = true),
      () => undefined
    );
  });

  const pass = (time: number) => jest.advanceTimersByTimeAsync(time);

  it('after a while without readers and requests', async () => {
    await pass(IDLE - 1000);
    expect(isIdle).toBe(false);
    await pass(60_000);
    expect(isIdle).toBe(true);
  });

  it('but not while a page is seen', async () => {
    locks.held.push(seenLock('/demo/', 'shop'));
    await pass(3 * IDLE);
    expect(isIdle).toBe(false);
    locks.held.length = 0;
    await pass(IDLE + 60_000);
    expect(isIdle).toBe(true);
  });

  it('whatever is seen of other apps', async () => {
    locks.held.push(seenLock('/demo/', 'other'), seenLock('/', 'shop'));
    await pass(IDLE + 60_000);
    expect(isIdle).toBe(true);
  });

  it('but not while requests come, or one is not finished', async () => {
    for (let received = 1; received < 5; received++) {
      await pass(IDLE / 2);
      use = { ...use, received };
    }
    use = { ...use, running: 1 };
    await pass(3 * IDLE);
    expect(isIdle).toBe(false);
    use = { ...use, running: 0 };
    await pass(IDLE + 60_000);
    expect(isIdle).toBe(true);
  });

  it('but not once its page has gone', async () => {
    life.abort(new Error('gone'));
    await pass(2 * IDLE);
    expect(isIdle).toBe(false);
  });
});

describe('a runtime is needed', () => {
  beforeEach(() => jest.useRealTimers());

  class View extends EventTarget {
    visibilityState: DocumentVisibilityState = 'hidden';

    set(state: DocumentVisibilityState): void {
      this.visibilityState = state;
      this.dispatchEvent(new Event('visibilitychange'));
    }
  }

  it('once a page is seen, and as long as it is', async () => {
    const view = new View();
    const announced = announceSeen(
      APP,
      life.signal,
      view as unknown as Document,
      locks
    );
    const needed = untilNeeded(APP, life.signal, locks);
    await new Promise(resolve => {
      setImmediate(resolve);
    });
    expect(locks.held).toEqual([]);
    view.set('visible');
    await needed;
    expect(locks.held).toEqual([seenLock('/demo/', 'shop')]);
    await untilNeeded(APP, life.signal, locks);
    view.set('hidden');
    await new Promise(resolve => {
      setImmediate(resolve);
    });
    expect(locks.held).toEqual([]);
    life.abort(new Error('gone'));
    await expect(announced).rejects.toThrow('gone');
  });

  it('once the worker says that a request waits', async () => {
    const needed = untilNeeded(APP, life.signal, locks);
    const channel = new BroadcastChannel(wantedChannel('/demo/', 'shop'));
    channel.postMessage(null);
    channel.close();
    await needed;
  });

  it('or never, if its page has gone', async () => {
    const needed = untilNeeded(APP, life.signal, locks);
    life.abort(new Error('gone'));
    await expect(needed).rejects.toThrow('gone');
  });
});
