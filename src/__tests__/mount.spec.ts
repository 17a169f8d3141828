import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isOutsideApp, addPrefix, mountOf, nameOf } from '../mount';
import { appAt } from '../worker/routing/route';

/** Where URLs lead in the app `shop` of a site; the tests of the kernel's client read the same file. */
const URLS = JSON.parse(
  readFileSync(join(__dirname, '../../tests/prefix_urls.json'), 'utf-8')
) as Record<string, Record<string, string | null>>;

const ORIGIN = 'https://example.org';

describe.each(['/', '/demo/'])('an app of the site at %s', base => {
  const mount = mountOf(base, 'shop');
  const rewrite = (url: string) =>
    addPrefix(new URL(url, `${ORIGIN}${mount.root}`), ORIGIN, mount)?.href;

  it('is mounted below the site', () => {
    expect(mount).toEqual({ base, root: `${base}asgi/shop/` });
  });

  it.each(Object.entries(URLS[`${ORIGIN}${base}`]!))(
    'rewrites %j to %j, as the kernel does',
    (given, expected) => {
      const url = new URL(given);
      const target = addPrefix(url, ORIGIN, mount) ?? url;
      const isOurs = appAt(target, new URL(base, ORIGIN)) === 'shop';
      expect(isOurs ? target.href : null).toBe(expected);
    }
  );

  it('keeps the query and the fragment', () => {
    expect(rewrite('/about?q=%20#top')).toBe(
      `${ORIGIN}${base}asgi/shop/about?q=%20#top`
    );
  });

  it.each([
    'items/1',
    '?q=1',
    '#top',
    `${base}asgi/shop/about`,
    `${base}asgi/other/`,
    'https://elsewhere.org/about',
    'mailto:ada@example.org',
    'data:text/plain,a',
    `blob:${ORIGIN}/b5a7`
  ])('leaves %j unchanged', url => {
    expect(rewrite(url)).toBeUndefined();
  });
});

it('leaves URLs of a site below the root alone', () => {
  const at = (path: string) =>
    isOutsideApp(new URL(path, ORIGIN), ORIGIN, '/demo/');
  expect(['/demo', '/demo/lab/', '/demo/asgi/x/', '/demos/'].map(at)).toEqual([
    false,
    false,
    false,
    true
  ]);
});

it.each([
  ['shop-2', 'shop-2'],
  ['caf\u00e9', 'caf%C3%A9'],
  ['a/b', 'a%2Fb']
])('mounts the app %j at %j, and reads the name back', (name, segment) => {
  const mount = mountOf('/demo/', name);
  expect(mount.root).toBe(`/demo/asgi/${segment}/`);
  expect(nameOf(mount)).toBe(name);
});
