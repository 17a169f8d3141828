import { repliesChannel } from '../../protocol';
import { handleInstall } from '../handleInstall';
import { KernelChannel } from '../kernel/kernelChannel';
import { turn, watch } from './fakes';
import { channels, handle, Kernel, locks, registration, useSite } from './site';

/** How many milliseconds to wait for an instance. */
const DRAIN_TIMEOUT = 1000;

/** Milliseconds between attempts to take over. */
const RETRY = 2000;

useSite();

beforeEach(() => {
  // Otherwise the attempts to take over would outlive the test.
  jest.useFakeTimers({
    doNotFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'queueMicrotask']
  });
});

afterEach(() => {
  jest.useRealTimers();
});

/** Install a newer worker; resolves when it is installed. */
async function install(): Promise<void> {
  const waits: Promise<unknown>[] = [];
  const waitUntil = (promise: Promise<unknown>) => waits.push(promise);
  handleInstall({ waitUntil } as unknown as ExtendableEvent);
  expect(waits).toHaveLength(1);
  await waits[0];
}

function text(chunk: Uint8Array | undefined): string {
  return new TextDecoder().decode(chunk);
}

/** Open an app's stream and read its first part. */
async function openStream() {
  const kernel = new Kernel('shop', null);
  const { response } = handle('asgi/shop/');
  await kernel.until(1);
  kernel.respond('one', { more: true });
  const reader = (await response!).body!.getReader();
  expect(text((await reader.read()).value)).toBe('one');
  return reader;
}

/** An instance that logs its name when it is asked to end its streams. */
async function openInstance(base: string, drained: string[]): Promise<string> {
  const { name } = await KernelChannel.open(base, () => drained.push(name));
  return name;
}

/** An instance that is being stopped, so that it does not reply. */
function openSilent(identifier: string): () => void {
  const lock = repliesChannel('/demo/', identifier);
  locks.hold(lock, identifier);
  return () => locks.release(lock, identifier);
}

describe('an installation', () => {
  it('succeeds if there is no old instance', async () => {
    const kernel = new Kernel('shop', null);
    await install();
    expect(kernel.received).toEqual([]);
  });

  it('ends all open streams first', async () => {
    const [one, two] = [await openStream(), await openStream()];
    await install();
    await expect(one.read()).rejects.toThrow('The site was updated');
    await expect(two.read()).rejects.toThrow('The site was updated');
  });

  it('leaves requests without a response alone', async () => {
    const kernel = new Kernel('shop', null);
    const { response } = handle('asgi/shop/');
    await kernel.until(1);
    await install();
    kernel.respond('hello');
    expect(await (await response!).text()).toBe('hello');
  });

  it('leaves complete responses alone', async () => {
    new Kernel('shop', 'hello');
    const response = await handle('asgi/shop/').response!;
    await install();
    expect(await response.text()).toBe('hello');
  });

  it('drains all instances of its own site, and no others', async () => {
    const drained: string[] = [];
    const ours = [
      await openInstance('/demo/', drained),
      await openInstance('/demo/', drained)
    ];
    await openInstance('/', drained);
    await openInstance('/demo/demo/', drained);
    await install();
    expect(drained.sort()).toEqual(ours.sort());
  });

  it('waits a second for instances that do not reply', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
    const release = [openSilent('one'), openSilent('two')];
    const open = channels.size;
    const installed = install();
    const done = watch(installed);
    await turn();
    jest.advanceTimersByTime(DRAIN_TIMEOUT - 1);
    await turn();
    expect(done()).toBe(false);
    jest.advanceTimersByTime(1);
    await installed;
    expect(channels.size).toBe(open);
    release.forEach(stop => stop());
  });

  it('waits no longer than necessary', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
    await openInstance('/demo/', []);
    await install();
    expect(jest.getTimerCount()).toBe(1); // that of the next attempt
  });
});

describe('a waiting worker', () => {
  const skipWaiting = jest.fn(async () => undefined);

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
    skipWaiting.mockClear();
    Object.assign(self, { skipWaiting });
  });

  async function pass(milliseconds: number): Promise<void> {
    jest.advanceTimersByTime(milliseconds);
    await turn();
  }

  it('need not wait once it is installed and no streams are open', async () => {
    const done: string[] = [];
    const name = await openInstance('/demo/', done);
    skipWaiting.mockImplementationOnce(async () => {
      done.push('skipWaiting');
    });
    await install();
    expect(done).toEqual([name, 'skipWaiting']);
  });

  it('keeps trying to take over', async () => {
    await install();
    skipWaiting.mockClear();
    registration.waiting = {};
    await pass(RETRY - 1);
    expect(skipWaiting).not.toHaveBeenCalled();
    await pass(1);
    expect(skipWaiting).toHaveBeenCalledTimes(1);
    await pass(RETRY);
    expect(skipWaiting).toHaveBeenCalledTimes(2);
  });

  it('first ends streams that were opened meanwhile', async () => {
    await install();
    registration.waiting = {};
    const done: string[] = [];
    const name = await openInstance('/demo/', done);
    skipWaiting.mockImplementationOnce(async () => {
      done.push('skipWaiting');
    });
    jest.advanceTimersByTime(RETRY);
    while (done.length < 2) {
      await turn();
    }
    expect(done).toEqual([name, 'skipWaiting']);
  });

  it('stops trying once it is active', async () => {
    await install();
    await pass(RETRY);
    expect(skipWaiting).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not try before it is installed', async () => {
    await install();
    registration.installing = {};
    await pass(RETRY);
    expect(skipWaiting).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(1);
  });
});
