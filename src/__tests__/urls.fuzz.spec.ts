import fc from 'fast-check';

import { addPrefix, isOutsideApp, mountOf, nameOf } from '../mount';
import { appAt, route } from '../worker/routing/route';
import { check } from './fuzz';

const ORIGIN = 'https://example.org';

const SEGMENTS = fc.array(
  fc.oneof(
    fc.constantFrom('asgi', 'shop', 'demo', '', '.', '..', '%2e', '-', '%2F'),
    fc.constantFrom('version', '%', '%E0%A4', 'é', '\\', '?', '#', 'a b'),
    fc.string({ unit: 'grapheme', maxLength: 4 })
  ),
  { maxLength: 6 }
);

const URLS = SEGMENTS.map(
  segments => new URL(`${ORIGIN}/${encodeURI(segments.join('/'))}`)
);

const NAMES = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter(name => name !== '.' && name !== '..');

describe.each(['/', '/demo/'])('at %s', base => {
  const scope = new URL(base, ORIGIN);
  const mount = mountOf(base, 'shop');

  it('any URL has a destination, or is left to JupyterLite', () => {
    check(URLS, url => {
      const destination = route(url, scope);
      const isOurs = `${url.pathname}/`.startsWith(`${base}asgi/`);
      expect(destination !== null).toBe(isOurs);
      if (destination?.kind === 'redirect') {
        const target = new URL(destination.location, url);
        expect(target.origin).toBe(ORIGIN);
        expect(route(target, scope)?.kind).not.toBe('redirect');
      }
    });
  });

  it('an app is found by the name it is mounted as', () => {
    check(NAMES, name => {
      const { root } = mountOf(base, name);
      expect(nameOf(mountOf(base, name))).toBe(name);
      expect(appAt(new URL(root, ORIGIN), scope)).toBe(name);
    });
  });

  it('a URL gets the prefix once, and keeps the rest', () => {
    check(URLS, url => {
      const inApp = addPrefix(url, ORIGIN, mount);
      expect(inApp !== null).toBe(isOutsideApp(url, ORIGIN, base));
      if (inApp !== null) {
        expect(inApp.origin).toBe(ORIGIN);
        expect(inApp.pathname).toBe(mount.root + url.pathname.slice(1));
        expect([inApp.search, inApp.hash]).toEqual([url.search, url.hash]);
        expect(appAt(inApp, scope)).toBe('shop');
        expect(addPrefix(inApp, ORIGIN, mount)).toBeNull();
      }
    });
  });

  it('a URL of another origin is left alone', () => {
    check(URLS, url => {
      const other = new URL(`${ORIGIN}:8443${url.pathname}`);
      expect(addPrefix(other, ORIGIN, mount)).toBeNull();
      expect(route(other, scope)).toBeNull();
    });
  });
});
