import { appLock, VERSION } from '../../protocol';
import { version } from '../../_version';
import { clients, handle, Kernel, locks, SITE, useSite } from './site';

useSite();

describe('a request that is not ours', () => {
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

describe('a request of ours', () => {
  it.each(['asgi', 'asgi/', 'asgi/-/version', 'asgi/shop', 'asgi/shop/'])(
    'is seen by no other listener: %s',
    async path => {
      const { ours, stopped, response } = handle(path);
      expect([ours, stopped]).toEqual([true, true]);
      expect(await response).toBeInstanceOf(Response);
    }
  );

  it('is redirected if the slash is missing, keeping its query', async () => {
    const response = await handle('asgi/shop?q=a%20b').response!;
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(`${SITE}asgi/shop/?q=a%20b`);
  });
});

describe('a CDN file of which the site has a copy', () => {
  const CDN = 'https://cdn.example/a.js';

  beforeAll(() => {
    Object.assign(globalThis, { jupyterliteAsgiAssets: { [CDN]: 'a.js' } });
  });

  afterAll(() => {
    Object.assign(globalThis, { jupyterliteAsgiAssets: {} });
  });

  it('is seen by no other listener', async () => {
    const fetched = jest
      .spyOn(globalThis, 'fetch')
      .mockResolvedValue(new Response('from the site'));
    const { ours, stopped, response } = handle(CDN);
    expect([ours, stopped]).toEqual([true, true]);
    expect(await (await response!).text()).toBe('from the site');
    expect(fetched).toHaveBeenCalledWith(new URL(`${SITE}a.js`));
  });

  it('falls through if the URL differs', () => {
    expect(handle(`${CDN}?v=1`).ours).toBe(false);
  });
});

describe('a HEAD', () => {
  async function headOf(path: string, method: string) {
    const { status, headers, body } = await handle(path, {}, '', method)
      .response!;
    await body?.cancel();
    return { status, headers: [...headers], hasBody: body !== null };
  }

  it.each(['asgi/', 'asgi/-/version', 'asgi/nobody/'])(
    'gets our responses without a body: %s',
    async path => {
      const got = await headOf(path, 'GET');
      expect(got.hasBody).toBe(true);
      expect(await headOf(path, 'HEAD')).toEqual({ ...got, hasBody: false });
    }
  );

  it('gets our failures without a body', async () => {
    jest.spyOn(locks, 'query').mockRejectedValueOnce(new Error('no locks'));
    expect(await headOf('asgi/', 'HEAD')).toMatchObject({
      status: 500,
      hasBody: false
    });
  });
});

describe('on an isolated site', () => {
  const isolated = { 'cross-origin-embedder-policy': 'require-corp' };

  beforeEach(() => {
    jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation(
        async () => new Response(null, { headers: isolated })
      );
  });

  it.each(['asgi/', 'asgi/-/version', 'asgi/nobody/', 'asgi/shop/'])(
    'a frame can load our response: %s',
    async path => {
      new Kernel('shop', 'hello');
      const { headers } = await handle(path, {}, 'iframe').response!;
      expect(Object.fromEntries(headers)).toMatchObject(isolated);
    }
  );
});

describe('the version', () => {
  async function about(): Promise<{ dropped: number; exchanges: number }> {
    const response = await handle('asgi/-/version').response!;
    return (await response.json()) as { dropped: number; exchanges: number };
  }

  it('is ours', async () => {
    expect(await about()).toMatchObject({
      name: 'jupyterlite-asgi',
      version,
      protocol: VERSION
    });
  });

  it('includes the number of dropped messages', async () => {
    const { dropped } = await about();
    // This kernel also responds in a future version.
    new Kernel('shop', 'hello');
    await handle('asgi/shop/').response!;
    expect(await about()).toMatchObject({ dropped: dropped + 1 });
  });

  it('includes the number of open exchanges', async () => {
    const kernel = new Kernel('shop', null);
    const { response } = handle('asgi/shop/');
    await kernel.until(1);
    expect(await about()).toMatchObject({ exchanges: 1 });
    kernel.respond('one', { more: true });
    await response;
    expect(await about()).toMatchObject({ exchanges: 1 });
    kernel.finish('two');
    expect(await (await response!).text()).toBe('onetwo');
    expect(await about()).toMatchObject({ exchanges: 0 });
  });
});

describe('the index', () => {
  it('says that nothing is served', async () => {
    const response = await handle('asgi/').response!;
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('None yet: run a cell');
  });

  it('links to the apps of this site, by name', async () => {
    new Kernel('shop', null);
    new Kernel('blog', null);
    locks.hold(appLock('/', 'elsewhere'), 'a kernel');
    locks.hold('jupyterlite-asgi /demo/ worker', 'a worker');
    const html = await (await handle('asgi/').response!).text();
    expect(html.match(/<a href="[^"]*">[^<]*<\/a>/g)).toEqual([
      '<a href="/demo/asgi/blog/">blog</a>',
      '<a href="/demo/asgi/shop/">shop</a>'
    ]);
  });
});

describe('a request to the root of the origin', () => {
  const STYLE = 'https://example.org/static/x.css';

  it('by a known page of an app goes to the app', async () => {
    await handle('asgi/shop/', { resultingClientId: 'seen' }).response!;
    const kernel = new Kernel('shop', 'hello');
    const { response } = handle(STYLE, { clientId: 'seen' });
    expect(await (await response!).text()).toBe('hello');
    expect(kernel.request.url).toBe(`${SITE}asgi/shop/static/x.css`);
  });

  it('by a known page of no app is left alone', () => {
    handle('lab/index.html', { resultingClientId: 'the lab' });
    expect(handle(STYLE, { clientId: 'the lab' }).ours).toBe(false);
  });

  it('by a page that only the browser knows goes to its app', async () => {
    const kernel = new Kernel('shop', 'hello');
    clients.set('unseen', `${SITE}asgi/shop/list`);
    const { response } = handle(STYLE, { clientId: 'unseen' });
    expect(await (await response!).text()).toBe('hello');
    expect(kernel.request.url).toBe(`${SITE}asgi/shop/static/x.css`);
  });

  it('by such a page for a worker is redirected', async () => {
    clients.set('unseen too', `${SITE}asgi/shop/list`);
    const ids = { clientId: 'unseen too', resultingClientId: 'worker' };
    const response = await handle('/worker.js', ids).response!;
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(`${SITE}asgi/shop/worker.js`);
  });

  it('by a page of no app goes to the host', async () => {
    const host = jest.spyOn(globalThis, 'fetch');
    host.mockResolvedValueOnce(new Response('from the host'));
    clients.set('lab', `${SITE}lab/index.html`);
    const { response } = handle(STYLE, { clientId: 'lab' });
    expect(await (await response!).text()).toBe('from the host');
    expect(host).toHaveBeenCalledWith(expect.objectContaining({ url: STYLE }));
  });
});
