import { STORED_HEADER } from '../../published';
import { isPublished } from '../published/apps';
import { handle, Kernel, publish, SITE, store, useSite } from './site';

useSite();

const FILE = 'static/asgi/files/0123abcd/shell.js';
const MANIFEST = 'static/asgi/shop.json';

const fetched = jest.fn<Promise<Response>, [Request]>();

beforeEach(() => {
  publish({ shop: 'The shop', café: 'Café' });
  store({});
  fetched.mockReset();
  fetched.mockImplementation(async ({ url }) => new Response(`host: ${url}`));
  globalThis.fetch = fetched as unknown as typeof fetch;
});

afterAll(() => publish({}));

const textOf = async (response: Promise<Response> | null) =>
  (await response!).text();

describe.each(['script', 'worker', 'image'] as const)(
  'an immutable file for a %s',
  destination => {
    it('is the stored one, as it is', async () => {
      const copy = new Response('stored');
      store({ [FILE]: copy });
      const { ours, stopped, response } = handle(FILE, {}, destination);
      expect([ours, stopped]).toEqual([true, true]);
      expect(await response).toBe(copy);
      expect(fetched).not.toHaveBeenCalled();
    });

    it('is that of the host if none is stored', async () => {
      expect(await textOf(handle(FILE, {}, destination).response)).toBe(
        `host: ${SITE}${FILE}`
      );
    });
  }
);

it('gives a stored file to a synchronous request of the runtime', async () => {
  store({ [FILE]: new Response('stored') });
  const headers = { [STORED_HEADER]: '1' };
  const { response } = handle(FILE, {}, '', 'GET', 'same-origin', headers);
  expect(await textOf(response)).toBe('stored');
});

describe('a manifest', () => {
  it('is that of the host, even if one is stored', async () => {
    store({ [MANIFEST]: new Response('stored') });
    const { ours, stopped, response } = handle(MANIFEST);
    expect([ours, stopped]).toEqual([true, true]);
    expect(await textOf(response)).toBe(`host: ${SITE}${MANIFEST}`);
  });

  it('is the stored one if the host cannot be reached', async () => {
    store({ [MANIFEST]: new Response('stored') });
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    expect(await textOf(handle(MANIFEST).response)).toBe('stored');
  });

  it('is a network error if there is none at all', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    expect((await handle(MANIFEST).response!).type).toBe('error');
  });

  it('may have a name that is percent-encoded', () => {
    expect(handle('static/asgi/caf%C3%A9.json').ours).toBe(true);
  });
});

it.each([
  ['a file that a script fetches', FILE, ''],
  ['a file of another folder', 'static/asgi/ui@5/ui.js', 'script'],
  ['the table of CDN files', 'static/asgi/assets.json', ''],
  ['a manifest in a folder', 'static/asgi/files.d/shop.json', ''],
  ['a file of another site', `https://elsewhere.org/demo/${FILE}`, 'script'],
  ['a file above the site', `/${FILE}`, 'script']
] as const)('%s is left alone', (_, path, destination) => {
  expect(handle(path, {}, destination)).toEqual({
    ours: false,
    stopped: false,
    response: null
  });
});

it('other methods are left alone', () => {
  expect(handle(FILE, {}, 'script', 'POST').ours).toBe(false);
  expect(handle(MANIFEST, {}, '', 'HEAD').ours).toBe(false);
});

it('of a site that publishes nothing, manifests are left alone', () => {
  Object.assign(globalThis, { jupyterliteAsgiPublished: undefined });
  expect(handle(MANIFEST).ours).toBe(false);
  expect(isPublished('shop')).toBe(false);
});

it('has no apps with the names of an object’s own', () => {
  expect(['shop', 'constructor', ''].map(isPublished)).toEqual([
    true,
    false,
    false
  ]);
});

it('a file is not the app’s, though its page asks for it', async () => {
  new Kernel('shop', 'the app');
  await handle('asgi/shop/', { resultingClientId: 'a page' }).response!;
  expect(handle(FILE, { clientId: 'a page' }).ours).toBe(false);
});
