import type { FromWorker, IRequest } from '../../protocol';
import { appLock, joinHeaders, requestsChannel, VERSION } from '../../protocol';
import { version } from '../../_version';
import { handleFetch } from '../handleFetch';

const SITE = 'https://example.org/demo/';

type Granted = () => unknown;

/** Web Locks as far as we use them: exclusive ones are granted at once. */
class FakeLocks {
  held: string[] = [];

  async request(
    name: string,
    ...rest: [Granted] | [LockOptions, Granted]
  ): Promise<unknown> {
    const granted = rest.at(-1) as Granted;
    if (rest.length === 1) {
      this.held.push(name);
    } else {
      await new Promise<void>(resolve => this._waiting.set(name, resolve));
    }
    return granted();
  }

  release(name: string): void {
    this.held = this.held.filter(other => other !== name);
    this._waiting.get(name)?.();
    this._waiting.delete(name);
  }

  private readonly _waiting = new Map<string, () => void>();

  async query() {
    return { held: this.held.map(name => ({ name })), pending: [] };
  }
}

const locks = new FakeLocks();
const channels = new Set<BroadcastChannel>();

/** Node's own; known as long as it is open. */
class TrackedChannel extends BroadcastChannel {
  constructor(name: string) {
    super(name);
    channels.add(this);
  }

  override close(): void {
    super.close();
    channels.delete(this);
  }
}

/** A kernel that serves an app, as far as a worker sees it. */
class Kernel {
  constructor(name: string, answer: string | null) {
    this._lock = appLock('/demo/', name);
    locks.held.push(this._lock);
    this._channel = new BroadcastChannel(requestsChannel('/demo/', name));
    this._channel.onmessage = ({ data }: MessageEvent<IRequest>) => {
      this.requests.push(data);
      this._setAsked();
      if (answer !== null) {
        this._answer(data, 'of another version', VERSION + 1);
        this._answer(data, answer);
      }
    };
    kernels.push(this);
  }

  readonly requests: FromWorker[] = [];

  private _setAsked: () => void = () => undefined;

  /** Resolves with the first request. */
  readonly asked = new Promise<void>(resolve => {
    this._setAsked = resolve;
  });

  stop(): void {
    locks.release(this._lock);
    this._channel.close();
  }

  private _answer(
    { id, reply }: IRequest,
    answer: string,
    v: number = VERSION
  ): void {
    const replies = new BroadcastChannel(reply);
    replies.postMessage({
      v,
      type: 'response',
      id,
      status: 201,
      headers: joinHeaders([['content-type', 'text/plain']]),
      chunk: new TextEncoder().encode(answer),
      more: false
    });
    replies.close();
  }

  private readonly _lock: string;
  private readonly _channel: BroadcastChannel;
}

const kernels: Kernel[] = [];

interface IHandled {
  readonly ours: boolean;
  readonly stopped: boolean;
  readonly response: Promise<Response> | null;
}

/** What becomes of a `fetch` event. */
function handle(path: string, init?: RequestInit): IHandled {
  let response: Promise<Response> | null = null;
  let stopped = false;
  const event = {
    request: new Request(new URL(path, SITE), init),
    respondWith: (given: Response | Promise<Response>) => {
      response = Promise.resolve(given);
    },
    stopImmediatePropagation: () => {
      stopped = true;
    }
  };
  const ours = handleFetch(event as unknown as FetchEvent);
  return { ours, stopped, response };
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}

beforeAll(() => {
  define('self', { registration: { scope: SITE } });
  define('navigator', { locks });
  define('BroadcastChannel', TrackedChannel);
});

afterEach(() => {
  kernels.splice(0).forEach(kernel => kernel.stop());
});

afterAll(() => {
  channels.forEach(channel => channel.close());
});

describe('what is not ours', () => {
  it.each(['lab/index.html', 'api/drive', 'https://elsewhere.org/asgi/app/'])(
    'falls through: %s',
    path => {
      expect(handle(path)).toEqual({
        ours: false,
        stopped: false,
        response: null
      });
    }
  );
});

describe('what is ours', () => {
  it.each(['asgi', 'asgi/', 'asgi/-/version', 'asgi/shop', 'asgi/shop/'])(
    'is seen by no other listener: %s',
    async path => {
      const { ours, stopped, response } = handle(path);
      expect([ours, stopped]).toEqual([true, true]);
      expect(await response).toBeInstanceOf(Response);
    }
  );

  it('is redirected without a slash, with its query', async () => {
    const response = await handle('asgi/shop?q=a%20b').response!;
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(`${SITE}asgi/shop/?q=a%20b`);
  });

  it('tells its version', async () => {
    const response = await handle('asgi/-/version').response!;
    expect(await response.json()).toEqual({
      name: 'jupyterlite-asgi',
      version,
      protocol: VERSION
    });
  });
});

describe('the index', () => {
  it('says that nothing is served', async () => {
    const response = await handle('asgi/').response!;
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('None now: run a cell');
  });

  it('links to the apps of this site, by name', async () => {
    new Kernel('shop', null);
    new Kernel('blog', null);
    locks.held.push(
      appLock('/', 'elsewhere'),
      'jupyterlite-asgi /demo/ worker'
    );
    const html = await (await handle('asgi/').response!).text();
    expect(html.match(/<a href="[^"]*">[^<]*<\/a>/g)).toEqual([
      '<a href="/demo/asgi/blog/">blog</a>',
      '<a href="/demo/asgi/shop/">shop</a>'
    ]);
  });
});

describe('an app', () => {
  it('answers', async () => {
    const kernel = new Kernel('shop', 'hello');
    const response = await handle('asgi/shop/items?q=1').response!;
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('hello');
    expect(kernel.requests).toMatchObject([
      { type: 'request', method: 'GET', url: `${SITE}asgi/shop/items?q=1` }
    ]);
  });

  it('whose kernel ends before it answers is said to have ended', async () => {
    const kernel = new Kernel('shop', null);
    const { response } = handle('asgi/shop/');
    await kernel.asked;
    kernel.stop();
    expect((await response!).status).toBe(503);
    expect(await (await response!).text()).toContain(
      'The notebook that served shop has ended'
    );
  });

  it('gets its own requests alone', async () => {
    const [shop, blog] = [
      new Kernel('shop', 'the shop'),
      new Kernel('blog', 'the blog')
    ];
    const [first, second] = await Promise.all([
      handle('asgi/shop/').response!,
      handle('asgi/blog/').response!
    ]);
    expect(await first.text()).toBe('the shop');
    expect(await second.text()).toBe('the blog');
    expect([shop.requests.length, blog.requests.length]).toEqual([1, 1]);
  });

  it('is answered to the channel whose lock we hold', async () => {
    const kernel = new Kernel('shop', 'hello');
    await handle('asgi/shop/').response!;
    const { reply } = kernel.requests[0] as IRequest;
    expect(reply).toMatch(/^jupyterlite-asgi \/demo\/ worker [\da-f-]{36}$/);
    expect(locks.held).toContain(reply);
  });

  it('leaves no channel open but that of the replies', async () => {
    const kernel = new Kernel('shop', 'hello');
    await handle('asgi/shop/').response!;
    const { reply } = kernel.requests[0] as IRequest;
    kernel.stop();
    expect([...channels].map(channel => channel.name)).toEqual([reply]);
  });

  it('that is not served gets a page that says so', async () => {
    const response = await handle('asgi/shop/').response!;
    expect(response.status).toBe(404);
    const html = await response.text();
    expect(html).toContain('<h1>No app is served as shop</h1>');
    expect(html).toContain('run the cell with %asgi_serve');
  });

  it('that is not served gets the names of those that are', async () => {
    new Kernel('blog', null);
    const html = await (await handle('asgi/shop/').response!).text();
    expect(html).toContain('These are served now:');
    expect(html).toContain('<a href="/demo/asgi/blog/">blog</a>');
  });

  it.each([
    ['caf%C3%A9', 'caf\u00e9'],
    ['%3Cb%3E', '&#60;b&#62;'],
    ['%FF', '%FF']
  ])('with the name %s is called %s', async (name, shown) => {
    const html = await (await handle(`asgi/${name}/`).response!).text();
    expect(html).toContain(`<h1>No app is served as ${shown}</h1>`);
  });
});
