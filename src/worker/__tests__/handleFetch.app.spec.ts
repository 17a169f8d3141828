import { appLock, VERSION } from '../../protocol';
import { channels, handle, Kernel, locks, SITE, useSite } from './site';

useSite();

describe('an app', () => {
  it('responds', async () => {
    const kernel = new Kernel('shop', 'hello');
    const response = await handle('asgi/shop/items?q=1').response!;
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('hello');
    expect(kernel.received).toMatchObject([
      { type: 'request', method: 'GET', url: `${SITE}asgi/shop/items?q=1` }
    ]);
  });

  it('whose kernel dies before it responds gets a page that says so', async () => {
    const kernel = new Kernel('shop', null);
    const { response } = handle('asgi/shop/');
    await kernel.until(1);
    kernel.stop();
    expect((await response!).status).toBe(503);
    expect(await (await response!).text()).toContain(
      'The kernel that served shop is gone'
    );
  });

  it('gets only its own requests', async () => {
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
    expect([shop.received.length, blog.received.length]).toEqual([1, 1]);
  });

  it('replies on the channel whose lock we hold', async () => {
    const kernel = new Kernel('shop', 'hello');
    await handle('asgi/shop/').response!;
    const { reply } = kernel.request;
    expect(reply).toMatch(/^jupyterlite-asgi \/demo\/ worker [\da-f-]{36}$/);
    expect(locks.held).toContainEqual({
      name: reply,
      mode: 'exclusive',
      clientId: 'worker'
    });
  });

  it('leaves only the reply channel open', async () => {
    const kernel = new Kernel('shop', 'hello');
    await handle('asgi/shop/').response!;
    const { reply } = kernel.request;
    kernel.stop();
    expect([...channels].map(channel => channel.name)).toEqual([reply]);
  });

  it.each([
    ['a new page', 'opened', { resultingClientId: 'opened' }],
    [
      'a new page that replaces another',
      'opened',
      { clientId: 'left', resultingClientId: 'opened' }
    ],
    ['an existing page', 'existing', { clientId: 'existing' }],
    ['an unknown client', '', {}]
  ])('gets the id of the client: %s', async (_, client, ids) => {
    const kernel = new Kernel('shop', 'hello');
    await handle('asgi/shop/', ids).response!;
    expect(kernel.request).toMatchObject({ client });
  });

  it('whose kernel has another protocol version gets a page that says so', async () => {
    new Kernel('shop', 'hello', [VERSION - 1, 60]);
    const response = await handle('asgi/shop/').response!;
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('The site was updated after');
  });

  it('that was taken over from a kernel of another version responds', async () => {
    const older = new Kernel('shop', null, [VERSION - 1, 60]);
    older.loseName();
    new Kernel('shop', 'hello');
    const response = await handle('asgi/shop/').response!;
    expect(await response.text()).toBe('hello');
  });

  it('that was taken over has the timeout of the new kernel', async () => {
    const older = new Kernel('shop', null, [VERSION, 60]);
    older.loseName();
    const kernel = new Kernel('shop', null, [VERSION, 0]);
    const { response } = handle('asgi/shop/');
    await kernel.until(2);
    expect(kernel.received.map(({ type }) => type)).toEqual([
      'request',
      'ping'
    ]);
    kernel.respond('hello');
    expect((await response!).status).toBe(201);
  });

  it('is pinged after its timeout', async () => {
    const kernel = new Kernel('shop', null, [VERSION, 0]);
    const { response } = handle('asgi/shop/');
    await kernel.until(2);
    expect(kernel.received).toMatchObject([
      { type: 'request' },
      { type: 'ping', id: kernel.request.id }
    ]);
    kernel.stop();
    expect((await response!).status).toBe(503);
  });

  it('that is not served gets a page that says so', async () => {
    const response = await handle('asgi/shop/').response!;
    expect(response.status).toBe(404);
    const html = await response.text();
    expect(html).toContain('<h1>No app named shop is running</h1>');
    expect(html).toContain('Run the cell that serves it with %asgi_serve');
  });

  it.each([
    ['navigate', 'GET', 'and it appears here.', true],
    ['navigate', 'POST', 'then reload this page.', false],
    ['cors', 'GET', 'then reload this page.', false]
  ] as const)(
    'is waited for by the page of a %s request with %s',
    async (mode, method, then, waits) => {
      const html = await (
        await handle('asgi/shop/', {}, '', method, mode).response!
      ).text();
      expect(html).toContain(then);
      expect(html.includes('data-until="served"')).toBe(waits);
    }
  );

  it('is not served just because a monitor holds its lock for a moment', async () => {
    locks.hold(appLock('/demo/', 'shop'), 'worker', 'shared');
    expect((await handle('asgi/shop/').response!).status).toBe(404);
    const index = await handle('asgi/').response!;
    expect(await index.text()).not.toContain('>shop</a>');
  });

  it('that is not served gets links to those that are', async () => {
    new Kernel('blog', null);
    const html = await (await handle('asgi/shop/').response!).text();
    expect(html).toContain('These apps are served:');
    expect(html).toContain('<a href="/demo/asgi/blog/">blog</a>');
  });

  it.each([
    ['GET', /This site has no app named shop.*<a href="\/demo\/asgi\/">/s],
    ['HEAD', /^$/]
  ])(
    'on a site without notebooks leads to its list: %s',
    async (method, text) => {
      Object.assign(globalThis, { jupyterliteAsgiNotebooks: false });
      const response = await handle(
        'asgi/shop/items',
        {},
        'document',
        method,
        'navigate'
      ).response!;
      Object.assign(globalThis, { jupyterliteAsgiNotebooks: undefined });
      expect(response.status).toBe(404);
      const html = await response.text();
      expect(html).toMatch(text);
      expect(html).not.toMatch(/asgi_serve|<script/);
    }
  );

  it.each([
    ['caf%C3%A9', 'caf\u00e9'],
    ['%3Cb%3E', '&#60;b&#62;'],
    ['%FF', '%FF']
  ])('with the name %s is called %s', async (name, shown) => {
    const html = await (await handle(`asgi/${name}/`).response!).text();
    expect(html).toContain(`<h1>No app named ${shown} is running</h1>`);
  });
});
