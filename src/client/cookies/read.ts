import type { ICookie, IPlace } from './cookie';
import { isSecure } from './cookie';
import { readDate } from './date';

/** Milliseconds that a cookie lives, at most: 400 days (RFC 6265bis, section 5.5). */
const MAX_AGE = 400 * 24 * 60 * 60 * 1000;

/** Bytes of name and value together, and of the value of an attribute, at most (section 5.6). */
const PAIR_SIZE = 4096;
const ATTRIBUTE_SIZE = 1024;

// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

/**
 * Read what a script gave to `document.cookie` (RFC 6265bis, sections 5.6 and 5.7).
 *
 * The kernel's jar decides; this is what it will decide as far as a page can
 * know, so that the script reads at once what it wrote.
 *
 * @param line - well-formed text
 * @param root - the path where the app is mounted, without a slash at its end
 * @param now - milliseconds since the epoch
 * @returns the cookie, one that is over to delete it; null if it is to be ignored
 */
export function readCookie(
  line: string,
  place: IPlace,
  root: string,
  now: number
): ICookie | null {
  if (CONTROL.test(line)) {
    return null;
  }
  const [pair = '', ...rest] = line.split(';');
  const [name, value] = split(pair.includes('=') ? pair : `=${pair}`);
  const attributes = rest
    .map(split)
    .map(([key, text]) => [key.toLowerCase(), text] as const)
    .filter(([, text]) => size(text) <= ATTRIBUTE_SIZE);
  const last = new Map(attributes);
  const path = last.get('path') ?? '';
  const domain = domainOf(last.get('domain') ?? '', place.url.hostname);
  const cookie: ICookie = {
    name,
    value,
    path: placed(path.startsWith('/') ? path : '', place.url.pathname, root),
    expires: readExpiry(attributes, now),
    secure: last.has('secure'),
    same_site: readSameSite(last.get('samesite'))
  };
  const bytes = size(name) + size(value);
  return bytes > 0 &&
    bytes <= PAIR_SIZE &&
    domain !== null &&
    !last.has('httponly') &&
    isAllowed(cookie, place) &&
    keepsPrefix(cookie, domain === '' && path === '/')
    ? cookie
    : null;
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at === -1
    ? [trim(pair), '']
    : [trim(pair.slice(0, at)), trim(pair.slice(at + 1))];
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

const encoder = new TextEncoder();

/** Bytes of a text in UTF-8. */
function size(text: string): number {
  return encoder.encode(text).length;
}

/** The path of a cookie that asks for `asked`, or for nothing: `Jar._place` in `cookies.py`. */
function placed(asked: string, page: string, root: string): string {
  const path = asked || page.slice(0, page.lastIndexOf('/'));
  if (`${path}/`.startsWith(`${root}/`)) {
    return path;
  }
  return asked === '/' ? root : root + asked;
}

/** Max-Age goes before Expires, and what cannot be read is not there. */
function readExpiry(
  attributes: readonly (readonly [string, string])[],
  now: number
): number | null {
  const values = (name: string) =>
    attributes.filter(([key]) => key === name).map(([, value]) => value);
  const age = values('max-age')
    .filter(value => /^-?\d+$/.test(value))
    .at(-1);
  if (age !== undefined) {
    return now + Math.max(0, Math.min(Number(age) * 1000, MAX_AGE));
  }
  const date = values('expires')
    .map(readDate)
    .filter(date => date !== null)
    .at(-1);
  return date === undefined ? null : Math.min(date, now + MAX_AGE);
}

function readSameSite(asked: string | undefined): ICookie['same_site'] {
  const value = asked?.toLowerCase();
  return value === 'strict' || value === 'none' ? value : 'lax';
}

/** The domain of a cookie: `_domain` in `cookies.py`; null if it may not be had. */
function domainOf(asked: string, host: string): string | null {
  const domain = asked.toLowerCase().replace(/^\./, '');
  const indivisible = !domain.includes('.') || /(^|\.)\d+$/.test(host);
  if (domain === '' || (indivisible && domain === host)) {
    return '';
  }
  return !indivisible && `.${host}`.endsWith(`.${domain}`) ? domain : null;
}

function isAllowed({ secure, same_site }: ICookie, place: IPlace): boolean {
  return (
    (same_site === 'none' ? secure : !place.crossSite) &&
    (!secure || isSecure(place.url))
  );
}

/**
 * Whether a cookie is what its name says (section 4.1.3).
 *
 * @param isWhole - whether it is the host's alone, and has the path `/`
 */
function keepsPrefix(
  { name, value, secure }: ICookie,
  isWhole: boolean
): boolean {
  // A cookie without a name is sent as its value alone, which must not pass for a prefix.
  const called = (name || value).toLowerCase();
  if (called.startsWith('__host-')) {
    return isWhole && secure && name !== '';
  }
  return !called.startsWith('__secure-') || (secure && name !== '');
}
