import { isStray, leadBack, mountOf, nameOf } from '../prefix';

const ORIGIN = 'https://example.org';

describe.each(['/', '/demo/'])('an app of the site at %s', base => {
  const mount = mountOf(base, 'shop');
  const lead = (url: string) =>
    leadBack(new URL(url, `${ORIGIN}${mount.root}`), ORIGIN, mount)?.href;

  it('is mounted below it', () => {
    expect(mount).toEqual({ base, root: `${base}asgi/shop/` });
  });

  it.each(['/', '/about', '/a%2Fb/?q=%20#top', '/asgiapp', '/static/x'])(
    'gets %j, which it takes for its own',
    url => {
      expect(lead(url)).toBe(`${ORIGIN}${base}asgi/shop${url}`);
    }
  );

  it.each([
    'items/1',
    '?q=1',
    '#top',
    `${base}asgi/shop/about`,
    `${base}asgi/other/`,
    `${base}asgi`,
    'https://elsewhere.org/about',
    'https://example.org:8443/about',
    'http://example.org/about',
    'mailto:ada@example.org',
    'data:text/plain,a',
    `blob:${ORIGIN}/b5a7`
  ])('does not get %j', url => {
    expect(lead(url)).toBeUndefined();
  });
});

it('leaves alone what lies in a site below its root', () => {
  const at = (path: string) => isStray(new URL(path, ORIGIN), ORIGIN, '/demo/');
  expect(['/demo', '/demo/lab/', '/demo/asgi/x/', '/demos/'].map(at)).toEqual([
    false,
    false,
    false,
    true
  ]);
});

it.each(['shop', 'shop-2', 'caf\u00e9', 'a/b'])('knows the name %j', name => {
  expect(nameOf(mountOf('/demo/', name))).toBe(name);
});
