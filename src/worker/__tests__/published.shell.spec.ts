import { appLock, SAVED, shellLock } from '../../protocol';
import { SHELL_HEADER } from '../../published';
import { turn } from './fakes';
import { handle, Kernel, locks, publish, SITE, store, useSite } from './site';

useSite();

const fetched = jest.fn<Promise<Response>, [URL | Request, RequestInit?]>();

/** A host's response, whose headers cannot be changed. */
async function fromHost(text: string, init?: ResponseInit): Promise<Response> {
  const response = new Response(text, init);
  const refuse = () => {
    throw new TypeError('immutable');
  };
  response.headers.set = refuse;
  response.headers.delete = refuse;
  return response;
}

beforeEach(() => {
  publish({ shop: 'The shop', café: 'Café' });
  store({});
  fetched.mockReset();
  fetched.mockImplementation(async (url, init) =>
    init?.method === 'HEAD'
      ? new Response()
      : fromHost('the shell of the host', { headers: { 'x-of': String(url) } })
  );
  globalThis.fetch = fetched as unknown as typeof fetch;
});

afterAll(() => publish({}));

const frame = (path: string) =>
  handle(path, {}, 'iframe', 'GET', 'navigate').response!;

function open(path: string, method = 'GET'): Promise<Response> {
  return handle(path, {}, 'document', method, 'navigate').response!;
}

describe('a tab with a published app', () => {
  it.each(['', 'items/1?q=a#top', '?embed'])(
    'gets the stored shell page, without the host: %j',
    async path => {
      store({ 'asgi/shop/': await fromHost('the shell') });
      new Kernel('shop', 'the app');
      expect(await (await open(`asgi/shop/${path}`)).text()).toBe('the shell');
      expect(fetched).not.toHaveBeenCalled();
    }
  );

  it.each([
    ['shop', 'shop'],
    ['caf%C3%A9', 'caf%C3%A9']
  ])('gets that of the host if there is none: %s', async (name, path) => {
    const response = await open(`asgi/${name}/items/1`);
    expect(await response.text()).toBe('the shell of the host');
    expect(fetched.mock.calls).toEqual([
      [new URL(`asgi/${path}/`, SITE), { cache: 'no-cache' }]
    ]);
  });

  it('gets that of the host if the browser lets the site store nothing', async () => {
    jest
      .spyOn(caches, 'match')
      .mockRejectedValueOnce(new DOMException('', 'SecurityError'));
    const response = await open('asgi/shop/');
    expect(await response.text()).toBe('the shell of the host');
  });

  it('keeps the policies of the site in its copy', async () => {
    const headers = {
      'content-encoding': 'gzip',
      'cross-origin-embedder-policy': 'require-corp'
    };
    store({ 'asgi/shop/': await fromHost('the shell', { headers }) });
    const response = await open('asgi/shop/');
    expect(response.headers.get('cross-origin-embedder-policy')).toBe(
      'require-corp'
    );
    expect(response.headers.has('content-encoding')).toBe(false);
  });

  it('gets a page that says so if there is none at all', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    const response = await open('asgi/shop/');
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('The shop cannot be opened');
  });

  it.each([
    ['a form that is posted', 'asgi/shop/', 'POST'],
    ['a file that is saved', `asgi/shop/a.html${SAVED}`, 'GET']
  ])('gets no shell page for %s', async (_, path, method) => {
    new Kernel('shop', 'the app');
    expect(await (await open(path, method)).text()).toBe('the app');
  });

  it('gets no shell page for an app that is not published', async () => {
    new Kernel('blog', 'the app');
    expect(await (await open('asgi/blog/')).text()).toBe('the app');
    expect(
      fetched.mock.calls.filter(([, init]) => init?.method !== 'HEAD')
    ).toEqual([]);
  });
});

describe('a frame with a published app', () => {
  it('gets the app', async () => {
    new Kernel('shop', 'the app');
    expect(await (await frame('asgi/shop/')).text()).toBe('the app');
  });

  it.each([
    ['?embed', 'the shell of the host'],
    ['items?embed', 'the shell of the host'],
    ['?embed=1', 'the app'],
    ['?a&embed', 'the app']
  ])('gets for %j: %s', async (path, expected) => {
    new Kernel('shop', 'the app');
    const response = await frame(`asgi/shop/${path}`);
    expect(await response.text()).toBe(expected);
  });

  it('gets the shell page if nobody runs the app', async () => {
    const response = await frame('asgi/shop/items');
    expect(await response.text()).toBe('the shell of the host');
  });

  it.each(['held', 'pending'] as const)(
    'waits for the app if the lock of a shell is %s',
    async state => {
      const lock = shellLock('/demo/', 'shop');
      locks[state].push({ name: lock, mode: 'exclusive', clientId: 'shell' });
      const response = frame('asgi/shop/');
      for (let turns = 0; turns < 10; turns++) {
        await turn(); // the worker looks at the locks
      }
      new Kernel('shop', 'the app');
      expect(await (await response).text()).toBe('the app');
      locks[state] = locks[state].filter(({ name }) => name !== lock);
    }
  );
});

describe('the runtime', () => {
  function download(): Promise<Response> {
    const { response } = handle('asgi/shop/', {}, '', 'GET', 'cors', {
      [SHELL_HEADER]: '1'
    });
    return response!;
  }

  it('gets the shell page of the host, not the stored one', async () => {
    store({ 'asgi/shop/': await fromHost('older') });
    new Kernel('shop', 'the app');
    expect(await (await download()).text()).toBe('the shell of the host');
  });

  it('gets the app without the header', async () => {
    new Kernel('shop', 'the app');
    const response = await handle('asgi/shop/').response!;
    expect(await response.text()).toBe('the app');
  });
});

it('leaves a lock of the app that only a monitor holds alone', async () => {
  locks.hold(appLock('/demo/', 'shop'), 'worker', 'shared');
  const response = await frame('asgi/shop/');
  expect(await response.text()).toBe('the shell of the host');
});
