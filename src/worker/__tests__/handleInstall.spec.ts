import { repliesChannel } from '../../protocol';
import { handleInstall } from '../handleInstall';
import { KernelChannel } from '../kernel/kernelChannel';
import { turn, watch } from './fakes';
import { channels, handle, Kernel, locks, registration, useSite } from './site';

/** Milliseconds that an instance has to answer. */
const PATIENCE = 1000;

/** Milliseconds between two attempts to take over. */
const AGAIN = 2000;

useSite();

beforeEach(() => {
  // The attempts to take over would go on when a spec is done.
  jest.useFakeTimers({
    doNotFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'queueMicrotask']
  });
});

afterEach(() => {
  jest.useRealTimers();
});

/** Install a newer worker; resolves when that is done. */
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

/** An app's stream of which the first part has been read. */
async function openStream() {
  const kernel = new Kernel('shop', null);
  const { response } = handle('asgi/shop/');
  await kernel.until(1);
  kernel.respond('one', { more: true });
  const reader = (await response!).body!.getReader();
  expect(text((await reader.read()).value)).toBe('one');
  return reader;
}

/** An instance that tells its name when it is to end its streams. */
async function instance(base: string, told: string[]): Promise<string> {
  const { name } = await KernelChannel.open(base, () => told.push(name));
  return name;
}

/** An instance that says nothing, for it is being stopped. */
function silent(identifier: string): () => void {
  const lock = repliesChannel('/demo/', identifier);
  locks.hold(lock, identifier);
  return () => locks.release(lock, identifier);
}

describe('an installation', () => {
  it('is done where there is none to be replaced', async () => {
    const kernel = new Kernel('shop', null);
    await install();
    expect(kernel.received).toEqual([]);
  });

  it('ends all open streams before it is done', async () => {
    const [one, two] = [await openStream(), await openStream()];
    await install();
    await expect(one.read()).rejects.toThrow('The site was updated');
    await expect(two.read()).rejects.toThrow('The site was updated');
  });

  it('leaves what is not answered yet alone', async () => {
    const kernel = new Kernel('shop', null);
    const { response } = handle('asgi/shop/');
    await kernel.until(1);
    await install();
    kernel.respond('hello');
    expect(await (await response!).text()).toBe('hello');
  });

  it('leaves what is answered but not read yet alone', async () => {
    new Kernel('shop', 'hello');
    const response = await handle('asgi/shop/').response!;
    await install();
    expect(await response.text()).toBe('hello');
  });

  it('asks all instances of its own site, and no other', async () => {
    const told: string[] = [];
    const ours = [
      await instance('/demo/', told),
      await instance('/demo/', told)
    ];
    await instance('/', told);
    await instance('/demo/demo/', told);
    await install();
    expect(told.sort()).toEqual(ours.sort());
  });

  it('waits a second for instances that say nothing', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
    const release = [silent('one'), silent('two')];
    const open = channels.size;
    const installed = install();
    const done = watch(installed);
    await turn();
    jest.advanceTimersByTime(PATIENCE - 1);
    await turn();
    expect(done()).toBe(false);
    jest.advanceTimersByTime(1);
    await installed;
    expect(channels.size).toBe(open);
    release.forEach(stop => stop());
  });

  it('waits no longer than it takes', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
    await instance('/demo/', []);
    await install();
    expect(jest.getTimerCount()).toBe(1); // that of the next guard
  });
});

describe('a worker that waits', () => {
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

  it('asks for its turn again and again', async () => {
    await install();
    registration.waiting = {};
    await pass(AGAIN - 1);
    expect(skipWaiting).not.toHaveBeenCalled();
    await pass(1);
    expect(skipWaiting).toHaveBeenCalledTimes(1);
    await pass(AGAIN);
    expect(skipWaiting).toHaveBeenCalledTimes(2);
  });

  it('ends what was opened since, first', async () => {
    await install();
    registration.waiting = {};
    const done: string[] = [];
    const name = await instance('/demo/', done);
    skipWaiting.mockImplementationOnce(async () => {
      done.push('asked');
    });
    jest.advanceTimersByTime(AGAIN);
    while (done.length < 2) {
      await turn();
    }
    expect(done).toEqual([name, 'asked']);
  });

  it('asks no more once it has its turn', async () => {
    await install();
    await pass(AGAIN);
    expect(skipWaiting).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('asks not before it is installed', async () => {
    await install();
    registration.installing = {};
    await pass(AGAIN);
    expect(skipWaiting).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(1);
  });
});
