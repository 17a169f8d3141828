import { shellLock } from '../../protocol';
import { HANDOVER, LIMIT } from '../published/untilServed';
import { turn, watch } from './fakes';
import {
  clients,
  handle,
  Kernel,
  locks,
  publish,
  SITE,
  store,
  useSite
} from './site';

useSite();

const LOCK = shellLock('/demo/', 'shop');

beforeAll(() => {
  publish({ shop: 'The shop' });
  store({});
});

afterAll(() => publish({}));

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
});

afterEach(() => {
  locks.release(LOCK, 'shell');
  jest.useRealTimers();
});

/** Let that many milliseconds pass in steps, and all that follows from each. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 50) {
    jest.advanceTimersByTime(50);
    await turn();
    await turn();
  }
}

/** Let timers run until the response is there. */
async function settled(response: Promise<Response>): Promise<Response> {
  const done = watch(response);
  while (!done()) {
    await pass(50);
  }
  return response;
}

describe('a request to a published app', () => {
  it.each(['GET', 'HEAD', 'POST'])(
    'by %s says that nobody runs it',
    async method => {
      const response = await settled(
        handle('asgi/shop/items', {}, '', method).response!
      );
      expect(response.status).toBe(503);
      const html = await response.text();
      expect(html === '').toBe(method === 'HEAD');
      if (html !== '') {
        expect(html).toContain(
          `<p>The shop is published, but not running: open ${SITE}asgi/shop/</p>`
        );
        expect(html).not.toContain('%asgi_serve');
      }
    }
  );

  it.each(['GET', 'POST'])(
    'by %s waits for the page that starts it, and runs once',
    async method => {
      locks.hold(LOCK, 'shell');
      const { response } = handle('asgi/shop/items', {}, '', method);
      const done = watch(response!);
      await pass(5000);
      expect(done()).toBe(false);
      const kernel = new Kernel('shop', 'hello');
      expect(await (await settled(response!)).text()).toBe('hello');
      expect(kernel.received).toMatchObject([{ type: 'request', method }]);
    }
  );

  it('gives up after a minute', async () => {
    locks.hold(LOCK, 'shell');
    const { response } = handle('asgi/shop/items');
    const done = watch(response!);
    await pass(LIMIT * 1000 - 200);
    expect(done()).toBe(false);
    await pass(300);
    expect(done()).toBe(true);
    expect((await response!).status).toBe(503);
    expect(await (await response!).text()).toContain(
      'The shop did not start within 60 seconds'
    );
  });

  it('gives up once no page starts the app', async () => {
    locks.hold(LOCK, 'shell');
    const { response } = handle('asgi/shop/items');
    await pass(1000);
    locks.release(LOCK, 'shell');
    expect(await (await settled(response!)).text()).toContain('not running');
  });
});

describe('when the runtime of a published app ends', () => {
  async function begin(method: string) {
    const kernel = new Kernel('shop', null);
    const { response } = handle('asgi/shop/items', {}, '', method);
    await kernel.until(1);
    await pass(100);
    return { kernel, response: response! };
  }

  it.each(['GET', 'HEAD'])('%s runs in the next one', async method => {
    const { kernel, response } = await begin(method);
    kernel.stop();
    await pass(HANDOVER / 2);
    locks.hold(LOCK, 'shell');
    await pass(5 * HANDOVER);
    locks.release(LOCK, 'shell'); // its tab is closed, too
    await pass(HANDOVER / 2);
    const next = new Kernel('shop', 'hello');
    const { status } = await settled(response);
    expect(status).toBe(201);
    expect(next.received).toMatchObject([{ type: 'request', method }]);
  });

  it.each([true, false])(
    'GET runs in the next one only if its page is there: %s',
    async isThere => {
      clients.set('page', `${SITE}asgi/shop/`);
      const kernel = new Kernel('shop', null);
      const { response } = handle('asgi/shop/items', { clientId: 'page' });
      await kernel.until(1);
      if (!isThere) {
        clients.delete('page');
      }
      kernel.stop();
      const next = new Kernel('shop', 'hello');
      expect((await settled(response!)).ok).toBe(isThere);
      expect(next.received.length).toBe(isThere ? 1 : 0);
    }
  );

  it('GET is not repeated if no page starts another', async () => {
    const { kernel, response } = await begin('GET');
    const done = watch(response);
    kernel.stop();
    await pass(HANDOVER - 100);
    expect(done()).toBe(false);
    expect(await (await settled(response)).text()).toContain('not running');
  });

  it('GET is not repeated a second time', async () => {
    const { kernel, response } = await begin('GET');
    kernel.stop();
    const next = new Kernel('shop', null);
    await pass(200);
    await next.until(1);
    next.stop();
    const page = await settled(response);
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('Python has ended twice');
  });

  it('POST is not repeated', async () => {
    const { kernel, response } = await begin('POST');
    kernel.stop();
    const next = new Kernel('shop', 'hello');
    const page = await settled(response);
    expect(page.status).toBe(503);
    expect(await page.text()).toContain(
      'The page that ran The shop was closed'
    );
    expect(next.received).toEqual([]);
  });

  it('a response that has begun fails', async () => {
    const { kernel, response } = await begin('GET');
    kernel.respond('one', { more: true });
    const { body } = await settled(response);
    const reader = body!.getReader();
    await reader.read();
    kernel.stop();
    await expect(reader.read()).rejects.toThrow('was closed or reloaded');
  });
});
