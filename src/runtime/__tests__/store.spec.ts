import { gzipSync } from 'node:zlib';

import { FORMAT, type IManifest } from '../../published';
import { isUnpacked, LIMIT, Store } from '../store';

const BASE = 'https://example.org/demo/';

function file(name: string) {
  const url = `static/asgi/files/${name}`;
  return { url, size: url.length }; // its contents are its URL
}

function manifest(
  name: string,
  build: string,
  more: Partial<IManifest> = {}
): IManifest {
  return {
    format: FORMAT,
    name,
    title: name,
    icon: '',
    notebook: '',
    licenses: file('licenses'),
    build,
    pyodide: {
      loader: file('loader'),
      glue: file('glue'),
      wasm: file('pyodide.wasm.gz.bin'),
      info: {}
    },
    stdlib: file('stdlib'),
    first: file(`${name}-${build}`),
    rest: null,
    libraries: [],
    snapshot: null,
    app: {},
    scripts: { shell: file('shell'), runtime: file('runtime') },
    ...more
  };
}

/** Cache Storage with one cache, whose keys are relative to the site. */
function fakeCache() {
  const stored = new Map<string, Response>();
  const path = (url: string) => url.slice(BASE.length);
  const cache = {
    match: async (url: string) => stored.get(path(url))?.clone(),
    put: async (url: string, response: Response) =>
      void stored.set(path(url), response),
    delete: async (url: string) => stored.delete(path(url)),
    keys: async () => [...stored.keys()].map(key => ({ url: BASE + key }))
  };
  return { stored, caches: { open: async () => cache } };
}

/** The host's answers, by path; others are 404. */
const host = new Map<string, () => Response>();
const fetched: string[] = [];
let stored: Map<string, Response>;

beforeEach(() => {
  const fake = fakeCache();
  stored = fake.stored;
  host.clear();
  fetched.length = 0;
  Object.assign(globalThis, {
    caches: fake.caches,
    fetch: async (url: string) => {
      const path = url.slice(BASE.length);
      fetched.push(path);
      return host.get(path)?.() ?? new Response(null, { status: 404 });
    }
  });
  Object.defineProperty(globalThis, 'navigator', {
    configurable: true,
    value: {
      locks: { request: (_name: string, run: () => Promise<void>) => run() }
    }
  });
});

/** Have the host serve a build. */
function publish(build: IManifest, headers: Record<string, string> = {}): void {
  const { pyodide, stdlib, first, rest, scripts, snapshot, name } = build;
  const { loader, glue, wasm } = pyodide;
  const files = [loader, glue, wasm, stdlib, first, rest];
  const more = [scripts.shell, scripts.runtime, snapshot?.head, snapshot?.data];
  for (const found of [...files, ...more]) {
    if (found) {
      host.set(found.url, () => new Response(found.url));
    }
  }
  host.set(`asgi/${name}/`, () => new Response(`the page of ${build.build}`));
  host.set(`static/asgi/${name}.json`, () => Response.json(build, { headers }));
}

async function storedBuild(name: string): Promise<string | undefined> {
  const response = stored.get(`static/asgi/${name}.json`)?.clone();
  return ((await response?.json()) as IManifest | undefined)?.build;
}

it('replaces a build as a whole, and removes what it no longer needs', async () => {
  const store = await Store.open(BASE);
  const one = manifest('shop', 'one');
  publish(one);
  await store.adopt(one, false);
  await store.saveSnapshot(one, {
    head: {} as never,
    data: new Uint8Array(5)
  });
  expect(await store.snapshot(one)).not.toBeNull();
  expect(stored.has('static/asgi/files/shop-one')).toBe(true);

  const two = manifest('shop', 'two');
  publish(two);
  fetched.length = 0;
  await store.adopt(two, false);
  expect(fetched).toEqual(['static/asgi/files/shop-two', 'asgi/shop/']);
  expect(await storedBuild('shop')).toBe('two');
  expect(stored.has('static/asgi/files/shop-one')).toBe(false);
  expect(await store.snapshot(one)).toBeNull();
});

it.each(['static/asgi/files/shop-two', 'asgi/shop/'])(
  'keeps the previous build if the new one lacks %s',
  async missing => {
    const store = await Store.open(BASE);
    const one = manifest('shop', 'one');
    publish(one);
    await store.adopt(one, false);
    const two = manifest('shop', 'two');
    publish(two);
    host.delete(missing);
    await expect(store.adopt(two, false)).rejects.toThrow(`${missing}: 404`);
    expect(await storedBuild('shop')).toBe('one');
    expect(stored.has('static/asgi/files/shop-one')).toBe(true);
    const page = await (await store.match('asgi/shop/'))?.text();
    expect(page).toBe('the page of one');
  }
);

it.each(['first', 'wasm', 'loader'] as const)(
  'keeps the previous build if the host sends something else for the new %s',
  async changed => {
    const store = await Store.open(BASE);
    const one = manifest('shop', 'one');
    publish(one);
    await store.adopt(one, false);
    const other = file(`other-${changed}`);
    const two = manifest('shop', 'two', {
      ...(changed === 'first'
        ? { first: other }
        : { pyodide: { ...one.pyodide, [changed]: other } })
    });
    publish(two);
    host.set(other.url, () => new Response('<!doctype html>'));
    await expect(store.adopt(two, false)).rejects.toThrow(
      `${other.url} has 15 bytes instead of ${other.size}`
    );
    expect(await storedBuild('shop')).toBe('one');
  }
);

it('loads again what may be damaged', async () => {
  const store = await Store.open(BASE);
  const build = manifest('shop', 'one');
  publish(build);
  await store.adopt(build, false);
  const { url } = build.first;
  stored.set(url, new Response('damaged'));
  await store.adopt(build, false);
  expect(await (await store.match(url))?.text()).toBe('damaged');
  await store.adopt(build, false, true);
  expect(await (await store.match(url))?.text()).toBe(url);
});

it.each(['junk', '{}', '{"format": 99}'])(
  'removes a manifest that it cannot read: %s',
  async junk => {
    const store = await Store.open(BASE);
    stored.set('static/asgi/other.json', new Response(junk));
    const build = manifest('shop', 'one');
    publish(build);
    await store.adopt(build, false);
    expect(stored.has('static/asgi/other.json')).toBe(false);
    expect(await storedBuild('shop')).toBe('one');
  }
);

it("stores the build's snapshot only where it was used", async () => {
  const snapshot = { head: file('head'), data: file('data') };
  const build = manifest('shop', 'one', { snapshot });
  publish(build);
  const store = await Store.open(BASE);
  await store.adopt(build, false);
  expect(await store.match(snapshot.data.url)).toBeUndefined();
  await store.adopt(build, true);
  expect(await store.match(snapshot.data.url)).toBeDefined();
});

it('stores unpacked what starts read', async () => {
  const packed = gzipSync('the contents');
  const size = packed.length;
  const { wasm, glue } = manifest('shop', 'one').pyodide;
  const build = manifest('shop', 'one', {
    pyodide: { loader: glue, glue, wasm: { ...wasm, size }, info: {} },
    first: { ...file('first'), size },
    rest: { ...file('rest'), size }
  });
  publish(build);
  for (const { url } of [wasm, build.first, build.rest!]) {
    host.set(url, () => new Response(Uint8Array.from(packed)));
  }
  const store = await Store.open(BASE);
  await store.adopt(build, false);
  const first = (await store.match(build.first.url))!;
  expect(isUnpacked(first)).toBe(true);
  expect(await first.text()).toBe('the contents');
  const type = (await store.match(wasm.url))?.headers.get('content-type');
  expect(type).toBe('application/wasm');
  for (const { url } of [glue, build.rest!]) {
    expect(isUnpacked((await store.match(url))!)).toBe(false);
  }
});

/** Pretend that a snapshot of this size is stored. */
function storeSnapshot(name: string, size: number): void {
  const headers = { 'x-size': String(size) };
  const response = new Response('', { headers });
  stored.set(`static/asgi/snapshots/${name}/one/data`, response);
}

it('removes the apps that were used least recently, but never the present one', async () => {
  const store = await Store.open(BASE);
  const now = jest.spyOn(Date, 'now');
  for (const [time, name] of ['old', 'middle', 'latest'].entries()) {
    now.mockReturnValue(time);
    const build = manifest(name, 'one');
    publish(build);
    await store.adopt(build, false);
    storeSnapshot(name, LIMIT * 0.6);
  }
  now.mockRestore();
  expect(await storedBuild('old')).toBeUndefined();
  expect(await storedBuild('middle')).toBe('one');
  expect(await storedBuild('latest')).toBe('one');
  expect(stored.has('asgi/old/')).toBe(false);
  expect(stored.has('static/asgi/files/old-one')).toBe(false);
  expect(stored.has('static/asgi/files/pyodide.wasm.gz.bin')).toBe(true);

  const huge = manifest('huge', 'one');
  publish(huge);
  storeSnapshot('huge', LIMIT * 2);
  await store.adopt(huge, false);
  expect(await storedBuild('huge')).toBe('one');
  expect(await storedBuild('latest')).toBeUndefined();
});

it.each([
  ['no-store', false],
  ['private, No-Store', false],
  ['no-cache', true],
  ['max-age=0, x-no-store-y', true]
])('with Cache-Control %j builds may be stored: %j', async (policy, may) => {
  publish(manifest('shop', 'one'), { 'cache-control': policy });
  const { manifest: found, mayStore } = await (
    await Store.open(BASE)
  ).latest('shop');
  expect([found?.build, mayStore]).toEqual(['one', may]);
});

it('forgets an app with its page and its files, but not those of others', async () => {
  const store = await Store.open(BASE);
  for (const name of ['shop', 'other']) {
    const build = manifest(name, 'one');
    publish(build);
    await store.adopt(build, false);
  }
  await store.forget('shop');
  expect(await storedBuild('shop')).toBeUndefined();
  expect(stored.has('asgi/shop/')).toBe(false);
  expect(stored.has('static/asgi/files/shop-one')).toBe(false);
  expect(await storedBuild('other')).toBe('one');
  expect(stored.has('static/asgi/files/pyodide.wasm.gz.bin')).toBe(true);
});

it('knows nothing of an app that the site no longer has', async () => {
  const store = await Store.open(BASE);
  expect(await store.latest('shop')).toEqual({
    manifest: null,
    mayStore: true
  });
});

it('stores nothing without Cache Storage', async () => {
  Object.assign(globalThis, {
    caches: {
      open: () => Promise.reject(new DOMException('', 'SecurityError'))
    }
  });
  const store = await Store.open(BASE);
  const build = manifest('shop', 'one');
  publish(build);
  await store.adopt(build, false);
  await store.saveSnapshot(build, {
    head: {} as never,
    data: new Uint8Array()
  });
  expect(await store.match('asgi/shop/')).toBeUndefined();
  expect(await store.snapshot(build)).toBeNull();
});
