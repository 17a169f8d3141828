import { FORMAT, type IManifest } from '../../published';
import { loadManifest } from '../manifest';

const place = {
  base: '/demo/',
  site: 'https://example.org/demo/',
  name: 'shop',
  title: 'Shop'
};
const manifest = (build: string, format = FORMAT) =>
  ({
    format,
    build,
    scripts: { runtime: { url: 'static/runtime.js', size: 1 } }
  }) as IManifest;

/** Load the manifest where the browser has `copy`, and the host answers with `answer`. */
function load(
  copy: unknown,
  answer: () => Response | Promise<Response>
): Promise<IManifest> {
  return loadManifest(place, {
    caches: {
      match: async () => (copy === undefined ? copy : Response.json(copy))
    },
    fetch: async url => {
      expect(url).toBe(`${place.site}static/asgi/shop.json`);
      return answer();
    }
  });
}

const answer = () => Response.json(manifest('new'));

it('is the copy of the browser, which has its files', async () => {
  expect((await load(manifest('old'), answer)).build).toBe('old');
});

it.each([
  ['there is no copy', undefined],
  ['the copy is of another format', manifest('old', FORMAT + 1)],
  ['the copy is damaged', [1]]
])('is that of the site if %s', async (_, copy) => {
  expect((await load(copy, answer)).build).toBe('new');
});

it('is that of the site where nothing may be stored', async () => {
  const caches = { match: () => Promise.reject(new Error('denied')) };
  const fetch = async () => answer();
  expect((await loadManifest(place, { caches, fetch })).build).toBe('new');
});

it.each([
  ['no longer published', () => new Response('', { status: 404 })],
  ['responded with an error', () => new Response('', { status: 500 })],
  ['cannot be read by this page', () => new Response('<!doctype html>')],
  ['cannot be read by this page', () => Response.json(manifest('x', 0))],
  ['could not be reached', () => Promise.reject(new TypeError('offline'))]
])('says that it %s', async (sentence, answer) => {
  await expect(load(undefined, answer)).rejects.toThrow(sentence);
});
