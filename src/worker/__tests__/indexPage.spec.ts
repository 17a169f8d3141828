import { publishedLock } from '../../protocol';
import { handle, Kernel, locks, publish, useSite } from './site';

useSite();

afterAll(() => publish({}));

/** The items of the list. */
async function list(): Promise<string[]> {
  const html = await (await handle('asgi/').response!).text();
  return html.match(/(?<=<li>).*(?=<\/li>)/g) ?? [];
}

it('lists published apps by title, then those of notebooks', async () => {
  publish({ shop: 'The <shop>', zoo: 'A zoo' });
  new Kernel('blog', null);
  expect(await list()).toEqual([
    '<a href="/demo/asgi/zoo/">A zoo</a>',
    '<a href="/demo/asgi/shop/">The &#60;shop&#62;</a>',
    '<a href="/demo/asgi/blog/">blog</a>, served by a notebook in this browser'
  ]);
});

it('tells a runtime from a notebook that serves a published app', async () => {
  publish({ shop: 'The shop' });
  const kernel = new Kernel('shop', null);
  expect(await list()).toEqual([
    '<a href="/demo/asgi/shop/">The shop</a>, served by a notebook in this browser'
  ]);
  const lock = publishedLock('/demo/', 'shop');
  locks.hold(lock, kernel.clientId);
  expect(await list()).toEqual(['<a href="/demo/asgi/shop/">The shop</a>']);
  locks.release(lock, kernel.clientId);
});

it('says nothing of notebooks where apps are published', async () => {
  publish({ shop: 'The shop' });
  const html = await (await handle('asgi/').response!).text();
  expect(html).toContain('<h1>Apps on this site</h1>');
  expect(html).not.toContain('%asgi_serve');
});

it.each([
  ['lab/index.html', ['/demo/lab/index.html']],
  ['', []]
])('links to JupyterLab if the site has it: %j', async (path, links) => {
  publish({ shop: 'The shop' });
  Object.assign(globalThis, { jupyterliteAsgiLab: path });
  const html = await (await handle('asgi/').response!).text();
  Object.assign(globalThis, { jupyterliteAsgiLab: undefined });
  expect(html.match(/(?<=href=")[^"]*(?=">Open JupyterLab)/g) ?? []).toEqual(
    links
  );
});
