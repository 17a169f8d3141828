import { ClientApps } from '../routing/clientApps';
import { rewrite, rewriteTo } from '../routing/strayRequests';

const ORIGIN = 'https://example.org';
const APP = 'an app’s page';
const LAB = 'a page of the lab';

describe.each(['/', '/demo/'])('a request on the site at %s', base => {
  const scope = new URL(base, ORIGIN);
  const page = `${scope.href}asgi/shop/page`;
  const clientApps = new ClientApps();
  clientApps.note(APP, 'shop');
  clientApps.note(LAB, null);

  function find(
    path: string,
    referrer: string,
    clientId = '',
    resultingClientId = ''
  ) {
    const mode = resultingClientId === '' ? 'cors' : 'navigate';
    const url = new URL(path, ORIGIN).href;
    const request = { url, referrer, mode } as const;
    return rewrite({ request, clientId, resultingClientId }, scope, clientApps);
  }

  const rewritten = {
    kind: 'app',
    name: 'shop',
    url: new URL('asgi/shop/static/x.css?a=1', scope)
  };

  it('by a page of an app is rewritten by its referrer', () => {
    expect(find('/static/x.css?a=1', page, 'unknown')).toEqual(rewritten);
  });

  it.each(['', 'about:client', `${ORIGIN}/`, `${ORIGIN}/static/y.css`])(
    'with the referrer %j is rewritten by its client',
    referrer => {
      expect(find('/static/x.css?a=1', referrer, APP)).toEqual(rewritten);
    }
  );

  it('that becomes a page is redirected', () => {
    expect(find('/about', page, '', 'new')).toEqual({
      kind: 'redirect',
      location: `${scope.href}asgi/shop/about`
    });
  });

  it('that is typed into the tab of an app is left alone', () => {
    expect(find('/about', '', APP, 'new')).toBeNull();
  });

  it.each(['/static/x.css', '/lab/index.html', '/api/drive'])(
    'by a page of the lab for %j is left alone',
    path => {
      const lab = `${scope.href}lab/index.html`;
      expect(find(path, lab, LAB)).toBeNull();
      expect(find(path, lab, 'unknown')).toBeNull();
      expect(find(path, `${lab}?path=a.ipynb`, 'unknown')).toBeNull();
      expect(find(path, `${scope.href}lab/`, 'unknown')).toBeNull();
      expect(find(path, '', LAB)).toBeNull();
    }
  );

  it('by an unknown client is unsure, unless JupyterLite handles it', () => {
    for (const [path, referrer] of [
      ['/static/x.css', ''],
      ['/static/x.css', `${ORIGIN}/static/y.css`],
      // A policy may reduce a page's URL to its origin.
      ['/static/x.css', `${ORIGIN}/`],
      ['/shop/api/service-worker-heartbeat', ''],
      ['/api/service-worker-heartbeats', ''],
      ['/api/stdin', ''],
      // An app's own paths.
      ['/api/drivers', ''],
      ['/api/drive/1', ''],
      ['/shop/api/drive', ''],
      ['/shop/api/stdin/1', '']
    ] as const) {
      expect(find(path, referrer, 'unknown')).toEqual({ kind: 'unsure' });
    }
    for (const path of [
      `${base}api/drive`,
      `${base}api/stdin/1`,
      '/api/service-worker-heartbeat'
    ]) {
      expect(find(path, '', 'unknown')).toBeNull();
    }
  });

  it('that is no stray is left alone', () => {
    for (const client of [APP, 'unknown']) {
      expect(find(`${base}asgi/shop/`, page, client)).toBeNull();
      expect(find('//elsewhere.org/x.css', '', client)).toBeNull();
    }
    expect(
      rewriteTo('shop', new URL(`${base}asgi/x/`, ORIGIN), scope)
    ).toBeNull();
  });
});

describe('the apps of clients', () => {
  const scope = new URL('/demo/', ORIGIN);

  function define(url: string | undefined): void {
    const clients = {
      get: () => Promise.resolve(url === undefined ? undefined : { url })
    };
    Object.defineProperty(globalThis, 'self', {
      value: { clients },
      configurable: true
    });
  }

  it.each([
    [`${scope.href}asgi/shop/page`, 'shop'],
    [`${scope.href}lab/`, null],
    [undefined, null]
  ])('are looked up in the browser: %j', async (url, app) => {
    define(url);
    const clientApps = new ClientApps();
    expect(clientApps.get('1')).toBeUndefined();
    expect(await clientApps.find('1', scope)).toBe(app);
    expect(clientApps.get('1')).toBe(app);
  });

  it('are forgotten in order of their arrival', () => {
    const clientApps = new ClientApps();
    for (let id = 0; id < 1500; id += 1) {
      clientApps.note(String(id), 'shop');
    }
    expect(clientApps.get('0')).toBeUndefined();
    expect(clientApps.get('1499')).toBe('shop');
  });

  it('are forgotten later if they are seen again', () => {
    const clientApps = new ClientApps();
    clientApps.note('page', 'shop');
    for (let id = 0; id < 1500; id += 1) {
      clientApps.note(String(id), 'shop');
      if (id === 900) {
        clientApps.note('page', 'blog');
      }
    }
    expect(clientApps.get('page')).toBe('blog');
  });
});
