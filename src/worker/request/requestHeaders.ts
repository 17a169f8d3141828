import type { IBrowser } from '../browser';
import { bytesOf } from '../response/headerEncoding';

/**
 * The headers of a request as they would have reached a server.
 *
 * A service worker sees a request before the browser adds most of them. The kernel adds
 * `host`, from the URL, and `cookie`, from its jar.
 *
 * @param length - the length of the body in bytes; null if unknown
 * @returns lower-case names with values, in ISO-8859-1
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
    // A header that a script or the browser has already set takes precedence.
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
    // Compression would be wasted: we would have to decompress the body.
    ['accept-encoding', 'identity'],
    ['accept-language', acceptLanguage(browser.languages)],
    ['content-length', contentLength(request.method, length)],
    ['origin', origin(request)],
    ...cacheHeaders(request.cache),
    // The browser has already applied the referrer policy.
    ['referer', request.referrer === '' ? null : request.referrer],
    ['sec-fetch-dest', request.destination || 'empty'],
    ['sec-fetch-mode', request.mode],
    ['sec-fetch-site', site(request)],
    ['sec-gpc', browser.globalPrivacyControl ? '1' : null],
    ['user-agent', browser.userAgent]
  ];
}

/**
 * `Accept-Language` as in Chromium, which hides its own from workers: a bare language
 * follows its last regional variant, and weights decrease from 1.
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

/** WHATWG Fetch, HTTP-network-or-cache fetch: 0 only for POST and PUT. */
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

/** WHATWG Fetch, HTTP-network-or-cache fetch: headers for the request's cache mode. */
function cacheHeaders(cache: RequestCache): [string, string][] {
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
 * The initiator's relation to us (W3C Fetch Metadata, section 2.3), as far as it is known.
 *
 * We serve only our own origin's pages, and frames in pages of another site have a worker
 * of their own. So only navigations of windows and tabs can come from elsewhere.
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
  // Forms are never typed. A page that sends no referrer may be another site's: assume so.
  const typed =
    method === 'GET' &&
    referrerPolicy !== 'no-referrer' &&
    referrerPolicy !== 'same-origin';
  return typed ? 'none' : 'cross-site';
}

/** Without the public suffix list, a site is a scheme and a host. */
function siteOf(from: URL, to: URL): string {
  if (from.origin === to.origin) {
    return 'same-origin';
  }
  return from.protocol === to.protocol && from.hostname === to.hostname
    ? 'same-site'
    : 'cross-site';
}
