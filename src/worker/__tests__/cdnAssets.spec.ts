import { assetFor, iconPaths, serveAsset } from '../routing/cdnAssets';

const SCOPE = new URL('https://example.org/demo/');
const CDN = 'https://cdn.example/npm/ui@5/ui.js';
const FONTS = 'https://fonts.example/css?family=A:300|B';
const FILE = new URL('static/asgi/ui@5.1.0/ui.js', SCOPE);

const fetched = jest.fn<Promise<Response>, [URL | Request]>();

beforeEach(() => {
  fetched.mockReset();
  globalThis.fetch = fetched as unknown as typeof fetch;
  setAssets({
    [CDN]: 'static/asgi/ui@5.1.0/ui.js',
    [FONTS]: 'static/asgi/a.css'
  });
});

/** Define the constant that the build writes around the script. */
function setAssets(
  jupyterliteAsgiAssets: Record<string, string> | undefined
): void {
  Object.assign(globalThis, { jupyterliteAsgiAssets });
}

describe('assetFor', () => {
  it.each([
    [CDN, FILE],
    [`${CDN}#part`, FILE],
    [FONTS, new URL('static/asgi/a.css', SCOPE)],
    [`${CDN}?v=1`, null],
    [`${CDN}.map`, null],
    ['https://cdn.example/constructor', null]
  ])('finds the copy of %s', (url, file) => {
    expect(assetFor({ method: 'GET', url }, SCOPE)).toEqual(file);
  });

  it('ignores other methods', () => {
    expect(assetFor({ method: 'POST', url: CDN }, SCOPE)).toBeNull();
  });

  it('finds nothing in other service workers', () => {
    setAssets(undefined);
    expect(assetFor({ method: 'GET', url: CDN }, SCOPE)).toBeNull();
    expect(iconPaths()).toBeNull();
  });
});

describe('iconPaths', () => {
  it('finds pictures by their extensions', () => {
    setAssets({
      [CDN]: 'a.js',
      'https://a.org/1': 'a.svg',
      'https://a.org/2': 'b.ico'
    });
    expect(JSON.parse(iconPaths()!)).toEqual({
      'https://a.org/1': 'a.svg',
      'https://a.org/2': 'b.ico'
    });
  });

  it('returns null if there are none', () => {
    expect(iconPaths()).toBeNull();
  });
});

describe('serveAsset', () => {
  const request = new Request(CDN);

  it.each([
    ['a.js', 'application/octet-stream', 'text/javascript; charset=utf-8'],
    ['a.mjs', 'application/octet-stream', 'text/javascript; charset=utf-8'],
    ['a.css', 'text/plain', 'text/css; charset=utf-8'],
    ['a.svg', 'text/xml', 'image/svg+xml'],
    ['a.woff2', 'font/woff2', 'font/woff2']
  ])(
    'serves %s, which the host sends as %s, as %s',
    async (path, type, served) => {
      fetched.mockResolvedValue(
        new Response('content', {
          headers: { 'content-type': type, etag: '1' }
        })
      );
      const response = await serveAsset(new URL(path, SCOPE), request);
      expect(await response.text()).toBe('content');
      expect(Object.fromEntries(response.headers)).toEqual({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'content-type': served
      });
      expect(response.type).toBe('default');
      expect(fetched.mock.calls).toEqual([[new URL(path, SCOPE)]]);
    }
  );

  it('sends no type if the host sends none', async () => {
    fetched.mockResolvedValue(new Response(new Uint8Array(1)));
    const response = await serveAsset(new URL('LICENSE', SCOPE), request);
    expect(response.headers.has('content-type')).toBe(false);
  });

  it.each([
    [
      'has lost the file',
      () => Promise.resolve(new Response('', { status: 404 }))
    ],
    ['is offline', () => Promise.reject(new TypeError('Failed to fetch'))]
  ])('requests the original if the site %s', async (_, answer) => {
    const theirs = new Response('theirs');
    fetched.mockImplementationOnce(answer).mockResolvedValueOnce(theirs);
    expect(await serveAsset(FILE, request)).toBe(theirs);
    expect(fetched.mock.calls[1]).toEqual([request]);
  });
});
