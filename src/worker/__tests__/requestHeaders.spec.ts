import type { IBrowser } from '../browser';
import { headersOf } from '../request/requestHeaders';
import { APP_URL, BROWSER } from './fakes';

const ORIGIN = 'https://example.org';
const PAGE = `${APP_URL}page?x=1`;

type Seen = Partial<
  Pick<
    Request,
    'cache' | 'destination' | 'method' | 'mode' | 'referrer' | 'referrerPolicy'
  >
>;

/** A request as a worker sees it, which scripts cannot construct. */
function request(seen: Seen = {}, headers: Record<string, string> = {}) {
  return {
    url: APP_URL,
    method: 'GET',
    mode: 'cors',
    destination: '',
    referrer: PAGE,
    referrerPolicy: 'strict-origin-when-cross-origin',
    cache: 'default',
    ...seen,
    headers: new Headers(headers)
  } as Request;
}

const NAVIGATION: Seen = { mode: 'navigate', destination: 'document' };
const FORM: Seen = { ...NAVIGATION, method: 'POST' };

function headers(
  of: Request,
  length: number | null = 0,
  browser: IBrowser = BROWSER
): Record<string, string> {
  return Object.fromEntries(headersOf(of, length, browser));
}

describe('the headers of a request', () => {
  it('of a script are its own and those of the browser', () => {
    const own = { accept: 'a/b', range: 'bytes=0-3', 'X-Test': '1' };
    expect(headers(request({}, own))).toEqual({
      accept: 'a/b',
      range: 'bytes=0-3',
      'x-test': '1',
      'accept-encoding': 'identity',
      'accept-language': 'en-US,en;q=0.9',
      referer: PAGE,
      'sec-fetch-dest': 'empty',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
      'user-agent': 'Firefox/153.0'
    });
  });

  it('of a form are those of a navigation', () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(headers(request(FORM, type), 7)).toEqual({
      ...type,
      'accept-encoding': 'identity',
      'accept-language': 'en-US,en;q=0.9',
      'content-length': '7',
      origin: ORIGIN,
      referer: PAGE,
      'sec-fetch-dest': 'document',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'same-origin',
      'user-agent': 'Firefox/153.0'
    });
  });

  it('that already exist are left alone', () => {
    const given = {
      'accept-language': 'de',
      'cache-control': 'max-age=5',
      origin: 'null',
      'user-agent': 'a browser of old'
    };
    const seen = headers(request({ ...FORM, cache: 'no-cache' }, given));
    expect(seen).toMatchObject(given);
  });

  it('include Sec-GPC only if the user objects to tracking', () => {
    const browser = { ...BROWSER, globalPrivacyControl: true };
    expect(headers(request(), 0, browser)).toHaveProperty('sec-gpc', '1');
    browser.globalPrivacyControl = false;
    expect(headers(request(), 0, browser)).not.toHaveProperty('sec-gpc');
  });

  it('have the bytes that Chromium decoded as UTF-8', () => {
    const seen = { headers: [['x-name', '\u00e4\u20ac']] };
    const chromium = { ...BROWSER, userAgentData: {} };
    const given = { ...request(), headers: new Map(seen.headers as []) };
    const { 'x-name': name } = headers(given as never, 0, chromium);
    expect(name).toBe('\u00c3\u00a4\u00e2\u0082\u00ac');
  });
});

describe('the languages', () => {
  it.each([
    [['de'], 'de'],
    [['de-CH'], 'de-CH,de;q=0.9'],
    [['en-US', 'en'], 'en-US,en;q=0.9'],
    [['fr-CH', 'en-US', 'en'], 'fr-CH,fr;q=0.9,en-US;q=0.8,en;q=0.7'],
    [['en-GB', 'en-US'], 'en-GB,en-US;q=0.9,en;q=0.8'],
    [
      [...'abcdefghijkl'],
      'a,b;q=0.9,c;q=0.8,d;q=0.7,e;q=0.6,f;q=0.5,g;q=0.4,h;q=0.3,i;q=0.2,' +
        'j;q=0.1,k;q=0.1,l;q=0.1'
    ]
  ])('%j are sent as %s', (languages, value) => {
    const seen = headers(request(), 0, { ...BROWSER, languages });
    expect(seen['accept-language']).toBe(value);
  });

  it('may be unknown', () => {
    const seen = headers(request(), 0, { ...BROWSER, languages: [] });
    expect(seen).not.toHaveProperty('accept-language');
  });
});

describe('the length', () => {
  it.each([
    ['GET', 0, undefined],
    ['DELETE', 0, undefined],
    ['POST', 0, '0'],
    ['PUT', 0, '0'],
    ['POST', 5, '5'],
    ['DELETE', 5, '5'],
    ['POST', null, undefined]
  ])('of a %s of %s bytes is %s', (method, length, value) => {
    const seen = headers(request({ method }), length);
    expect(seen['content-length']).toBe(value);
  });
});

describe('the origin', () => {
  it.each<[string | undefined, Seen]>([
    [undefined, { method: 'GET' }],
    [undefined, { method: 'HEAD' }],
    [undefined, NAVIGATION],
    [ORIGIN, { method: 'POST' }],
    [ORIGIN, { method: 'DELETE' }],
    [ORIGIN, { method: 'POST', referrer: '', referrerPolicy: 'no-referrer' }],
    [ORIGIN, { method: 'POST', mode: 'no-cors' }],
    [
      'null',
      { method: 'POST', mode: 'no-cors', referrerPolicy: 'no-referrer' }
    ],
    [ORIGIN, FORM],
    ['https://elsewhere.org', { ...FORM, referrer: 'https://elsewhere.org/' }],
    ['null', { ...FORM, referrer: '' }]
  ])('is %s for %j', (value, seen) => {
    expect(headers(request(seen)).origin).toBe(value);
  });
});

describe('the referrer', () => {
  it.each([
    [PAGE, PAGE],
    [`${ORIGIN}/`, `${ORIGIN}/`],
    ['', undefined]
  ])('%s is sent as the browser passes it', (referrer, value) => {
    expect(headers(request({ referrer })).referer).toBe(value);
  });
});

describe('the cache mode', () => {
  it.each<[RequestCache, string | undefined, string | undefined]>([
    ['default', undefined, undefined],
    ['force-cache', undefined, undefined],
    ['no-cache', 'max-age=0', undefined],
    ['no-store', 'no-cache', 'no-cache'],
    ['reload', 'no-cache', 'no-cache']
  ])('%s sets the cache headers', (cache, control, pragma) => {
    const seen = headers(request({ cache }));
    expect([seen['cache-control'], seen.pragma]).toEqual([control, pragma]);
  });
});

describe('the site', () => {
  const elsewhere = { referrer: 'https://elsewhere.org/' };

  it.each<[string, string, Seen]>([
    ['a script', 'same-origin', {}],
    ['a script without a referrer', 'same-origin', { referrer: '' }],
    ['a link', 'same-origin', NAVIGATION],
    ['a user', 'none', { ...NAVIGATION, referrer: '' }],
    [
      'a user, in Firefox',
      'none',
      { ...NAVIGATION, referrer: '', referrerPolicy: '' }
    ],
    ['another site', 'cross-site', { ...NAVIGATION, ...elsewhere }],
    ['a form of another site', 'cross-site', { ...FORM, ...elsewhere }],
    [
      'another port',
      'same-site',
      { ...NAVIGATION, referrer: `${ORIGIN}:8443/` }
    ],
    [
      'the same host without encryption',
      'cross-site',
      { ...NAVIGATION, referrer: 'http://example.org/' }
    ],
    [
      'another host of the domain',
      'cross-site',
      { ...NAVIGATION, referrer: 'https://www.example.org/' }
    ],
    [
      'a link without a referrer',
      'cross-site',
      { ...NAVIGATION, referrer: '', referrerPolicy: 'no-referrer' }
    ],
    [
      'a page of another origin without a referrer',
      'cross-site',
      { ...NAVIGATION, referrer: '', referrerPolicy: 'same-origin' }
    ],
    ['a form without a referrer', 'cross-site', { ...FORM, referrer: '' }],
    [
      'a frame of a page without a referrer',
      'same-origin',
      { ...FORM, destination: 'iframe', referrer: '' }
    ]
  ])('of %s is %s', (_, value, seen) => {
    expect(headers(request(seen))['sec-fetch-site']).toBe(value);
  });
});
