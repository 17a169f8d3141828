import type { IBrowser } from '../browser';
import { bytesOf } from '../response/headerEncoding';

/**
 * The headers of a request as they would have reached a server.
 *
 * A service worker sees a request before the browser has added the most of
 * them. `host` is the kernel's to add, for it is in the URL, and `cookie`, for
 * it has the jar.
 *
 * @param request - the request of a `fetch` event
 * @param length - how long the body is, in bytes; null if that is not known
 * @returns names in lower case and values, in ISO-8859-1
 */
export function headersOf(
  request: Request,
  length: number | null,
  browser: IBrowser
): [string, string][] {
  const headers = new Map<string, string>();
  request.headers.forEach((value, name) => {
    headers.set(name, bytesOf(value, browser));
  });
  for (const [name, value] of added(request, length, browser)) {
    // What a page's script set, or the browser before us, goes first.
    if (value !== null && !headers.has(name)) {
      headers.set(name, value);
    }
  }
  return [...headers];
}

function added(
  request: Request,
  length: number | null,
  browser: IBrowser
): [string, string | null][] {
  return [
    // Nothing is to be packed only for us to unpack it.
    ['accept-encoding', 'identity'],
    ['accept-language', acceptLanguage(browser.languages)],
    ['content-length', contentLength(request.method, length)],
    ['origin', origin(request)],
    ...caching(request.cache),
    // Browsers have applied the page's policy to it.
    ['referer', request.referrer === '' ? null : request.referrer],
    ['sec-fetch-dest', request.destination || 'empty'],
    ['sec-fetch-mode', request.mode],
    ['sec-fetch-site', site(request)],
    ['sec-gpc', browser.globalPrivacyControl ? '1' : null],
    ['user-agent', browser.userAgent]
  ];
}

/**
 * As Chromium writes it, which gives it to no worker: each language without
 * its region, too, after the last of that language; and weights from 1 down.
 */
function acceptLanguage(languages: readonly string[]): string | null {
  const all = new Set<string>();
  languages.forEach((language, index) => {
    const base = baseOf(language);
    all.add(language);
    if (base !== baseOf(languages[index + 1])) {
      all.add(base);
    }
  });
  const weighted = [...all].map((language, index) =>
    index === 0 ? language : `${language};q=${Math.max(1, 10 - index) / 10}`
  );
  return weighted.length === 0 ? null : weighted.join(',');
}

function baseOf(language = ''): string {
  return language.split('-', 1)[0]!;
}

/** WHATWG Fetch, HTTP-network-or-cache fetch: a POST or PUT without a body says so. */
function contentLength(method: string, length: number | null): string | null {
  return length === null || (length === 0 && !['POST', 'PUT'].includes(method))
    ? null
    : String(length);
}

/** WHATWG Fetch, append a request `Origin` header. */
function origin(request: Request): string | null {
  const { method, mode, referrer, referrerPolicy, url } = request;
  if (method === 'GET' || method === 'HEAD') {
    return null;
  }
  if (mode === 'navigate') {
    return referrer === '' ? 'null' : new URL(referrer).origin;
  }
  return mode !== 'cors' && referrerPolicy === 'no-referrer'
    ? 'null'
    : new URL(url).origin;
}

/** WHATWG Fetch, HTTP-network-or-cache fetch: what a cache on the way is told. */
function caching(cache: RequestCache): [string, string][] {
  switch (cache) {
    case 'no-cache':
      return [['cache-control', 'max-age=0']];
    case 'no-store':
    case 'reload':
      return [
        ['cache-control', 'no-cache'],
        ['pragma', 'no-cache']
      ];
    default:
      return [];
  }
}

/**
 * Who asks, as far as it can be known (W3C Fetch Metadata, section 2.3).
 *
 * Only pages of our own origin are ours to serve, and frames in pages of
 * another site have a worker of their own: what remains is where a navigation
 * of a window or tab comes from.
 */
function site(request: Request): string {
  const { destination, method, mode, referrer, referrerPolicy, url } = request;
  if (mode !== 'navigate') {
    return 'same-origin';
  }
  if (referrer !== '') {
    return siteOf(new URL(referrer), new URL(url));
  }
  if (destination !== 'document') {
    return 'same-origin';
  }
  // Nobody types a form. A page that hides may be another site's, and is taken for one.
  const typed =
    method === 'GET' &&
    referrerPolicy !== 'no-referrer' &&
    referrerPolicy !== 'same-origin';
  return typed ? 'none' : 'cross-site';
}

/** Without a list of public suffixes a site is a host. */
function siteOf(from: URL, to: URL): string {
  if (from.origin === to.origin) {
    return 'same-origin';
  }
  return from.protocol === to.protocol && from.hostname === to.hostname
    ? 'same-site'
    : 'cross-site';
}
