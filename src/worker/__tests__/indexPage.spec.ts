import { publishedLock } from '../../protocol';
import { handle, Kernel, locks, publish, useSite } from './site';

useSite();

const SHOP = '<a href="shop/"><span></span>The shop</a>';
const ZOO = '<a href="zoo/"><span aria-hidden="true">Z</span>Zoo</a>';
const NOTE = '<small>served by a notebook in this browser</small>';

beforeEach(() => {
  publish({ shop: 'The shop', zoo: 'Zoo' });
  define([
    ['shop', SHOP],
    ['zoo', ZOO]
  ]);
});

afterAll(() => {
  publish({});
  define(undefined);
});

function define(links: readonly [string, string][] | undefined): void {
  Object.assign(globalThis, {
    jupyterliteAsgiList: links && { head: '<ul>\n', links, tail: '</ul>\n' }
  });
}

const textOf = async (path = 'asgi/') => (await handle(path).response!).text();

it.each(['asgi/', 'asgi/index.html'])(
  'is the list of published apps at %s',
  async path => {
    expect(await textOf(path)).toBe(
      `<ul>\n<li>${SHOP}</li>\n<li>${ZOO}</li>\n</ul>\n`
    );
  }
);

it('is HTML that is not cached, and has no body in response to HEAD', async () => {
  const response = await handle('asgi/', {}, '', 'HEAD').response!;
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.text()).toBe('');
});

it('has the apps of notebooks at its end', async () => {
  new Kernel('<blog>', null);
  expect(await textOf()).toBe(
    `<ul>\n<li>${SHOP}</li>\n<li>${ZOO}</li>\n` +
      '<li><a href="/demo/asgi/%3Cblog%3E/"><span aria-hidden="true">&#60;</span>' +
      `&#60;blog&#62;</a>${NOTE}</li>\n</ul>\n`
  );
});

it('tells a runtime from a notebook that serves a published app', async () => {
  const kernel = new Kernel('zoo', null);
  expect(await textOf()).toContain(`<li>${ZOO}${NOTE}</li>`);
  const lock = publishedLock('/demo/', 'zoo');
  locks.hold(lock, kernel.clientId);
  expect(await textOf()).toContain(`<li>${ZOO}</li>`);
  locks.release(lock, kernel.clientId);
});

it.each([null, undefined])(
  'names what notebooks serve if the list is %s',
  async list => {
    publish({});
    Object.assign(globalThis, { jupyterliteAsgiList: list });
    expect(await textOf()).toContain('None yet: run a cell with %asgi_serve');
    new Kernel('blog', null);
    expect(await textOf()).toContain(
      '<li><a href="/demo/asgi/blog/">blog</a></li>'
    );
  }
);
