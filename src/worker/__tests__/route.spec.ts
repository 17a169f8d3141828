import type { Destination } from '../routing/route';
import { appAt, route } from '../routing/route';

describe.each(['https://example.org/', 'https://example.org/demo/'])(
  'route at %s',
  site => {
    const scope = new URL(site);

    function go(path: string): Destination | null {
      return route(new URL(path, scope), scope);
    }

    it.each([
      '',
      'lab/index.html',
      'api/contents',
      'asgiapp/',
      'files/asgi/app/',
      'lab/?path=asgi/app/',
      'https://elsewhere.org/asgi/app/',
      'http://example.org/asgi/app/',
      'https://example.org:8443/asgi/app/'
    ])('leaves %j to JupyterLite', path => {
      expect(go(path)).toBeNull();
    });

    it.each([
      'asgi/shop/',
      'asgi/shop/items/1?q=1#top',
      'asgi/shop//',
      'asgi/shop/-/version',
      'asgi/shop/asgi/other/'
    ])('routes %j to the app', path => {
      expect(go(path)).toEqual({
        kind: 'app',
        name: 'shop',
        url: new URL(path, scope)
      });
    });

    it('decodes the name', () => {
      expect(go('asgi/caf%C3%A9/')).toEqual({
        kind: 'app',
        name: 'café',
        url: new URL('asgi/caf%C3%A9/', scope)
      });
    });

    it('adds a slash after the name and keeps the query', () => {
      expect(go('asgi/shop?q=a%20b&r=/')).toEqual({
        kind: 'redirect',
        location: `${scope.pathname}asgi/shop/?q=a%20b&r=/`
      });
    });

    it('adds a slash after asgi', () => {
      expect(go('asgi')).toEqual({
        kind: 'redirect',
        location: `${scope.pathname}asgi/`
      });
    });

    it('leads to the index where the name is missing', () => {
      expect(go('asgi//shop/')).toEqual({
        kind: 'redirect',
        location: `${scope.pathname}asgi/`
      });
    });

    it('recognizes the index and the version', () => {
      expect(go('asgi/')).toEqual({ kind: 'index' });
      expect(go('asgi/?all')).toEqual({ kind: 'index' });
      expect(go('asgi/index.html')).toEqual({ kind: 'index' });
      expect(go('asgi/-/version')).toEqual({
        kind: 'service',
        service: 'version',
        app: ''
      });
      expect(go('asgi/-/status/caf%C3%A9')).toEqual({
        kind: 'service',
        service: 'status',
        app: 'café'
      });
      expect(go('asgi/-/posted/1')).toEqual({ kind: 'posted', token: '1' });
      expect(go('asgi/-/unheard-of')).toMatchObject({ kind: 'app' });
    });
  }
);

it('leaves URLs above the site alone', () => {
  const scope = new URL('https://example.org/demo/');
  expect(route(new URL('https://example.org/asgi/app/'), scope)).toBeNull();
  expect(route(new URL('https://example.org/demo'), scope)).toBeNull();
});

it('finds the app that a URL belongs to', () => {
  const scope = new URL('https://example.org/demo/');
  const at = (path: string) => appAt(new URL(path, scope), scope);
  expect(
    ['asgi/shop/a', 'asgi/shop', 'asgi/', 'lab/', '/asgi/shop/a'].map(at)
  ).toEqual(['shop', null, null, null, null]);
});
