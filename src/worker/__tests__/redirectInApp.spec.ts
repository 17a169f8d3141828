import { redirectInApp } from '../response/redirectInApp';
import { context } from './context';

function rewrite(location: string, url?: string, status = 302): string | null {
  const response = new Response(null, { status, headers: { location } });
  expect(redirectInApp(response, context(url))).toBe(response);
  return response.headers.get('location');
}

describe.each(['https://example.org/', 'https://example.org/demo/'])(
  'a redirect on the site %s',
  site => {
    const app = `${site}asgi/shop/`;

    it.each([301, 302, 303, 307, 308])(
      'with status %i is rewritten',
      status => {
        expect(rewrite('/login', app, status)).toBe(`${app}login`);
      }
    );

    it.each([
      ['/', app],
      ['/items?q=1#top', `${app}items?q=1#top`],
      ['https://example.org/items', `${app}items`],
      ['//example.org/items', `${app}items`],
      ['../../../items', `${app}items`]
    ])('to %s is rewritten to %s', (location, rewritten) => {
      expect(rewrite(location, `${app}page`)).toBe(rewritten);
    });

    it.each([
      'next',
      '?page=2',
      '../shop/next',
      `${app}next`,
      `${site}asgi/other/`,
      'https://elsewhere.org/items',
      'http://example.org/items',
      '//elsewhere.org/',
      'mailto:ada@example.org',
      'http://'
    ])('to %s is left alone', location => {
      expect(rewrite(location, `${app}page/`)).toBe(location);
    });

    it('is relative to the requested URL, even outside the app', () => {
      const mount = context(app).mount;
      const response = new Response(null, {
        status: 302,
        headers: { location: 'next?a=1' }
      });
      const request = { url: 'https://example.org/static/old' } as Request;
      redirectInApp(response, { request, mount });
      expect(response.headers.get('location')).toBe(`${app}static/next?a=1`);
    });

    it.each([
      ['UTF-8', '/caf\u00c3\u00a9?\u00c3\u00a9', 'caf%C3%A9?%C3%A9'],
      ['ISO-8859-1', '/caf\u00e9?\u00e9', 'caf%E9?%E9']
    ])('keeps the bytes of %s', (_, location, rewritten) => {
      expect(rewrite(location, app)).toBe(`${app}${rewritten}`);
    });
  }
);

it('keeps the bytes of a location that is not rewritten', () => {
  expect(rewrite('caf\u00c3\u00a9')).toBe('caf%C3%A9');
  expect(rewrite('https://elsewhere.org/\u00e9')).toBe(
    'https://elsewhere.org/%E9'
  );
});

it.each([200, 201, 300, 304, 404])(
  'leaves a location with status %i to scripts',
  status => {
    expect(rewrite('/items/\u00e9', undefined, status)).toBe('/items/\u00e9');
  }
);

it('does nothing without a location', () => {
  const response = new Response(null, { status: 302 });
  redirectInApp(response, context());
  expect([...response.headers]).toEqual([]);
});
