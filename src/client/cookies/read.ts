import { isSecure, type ICookie, type IPage } from './cookie';
import { readDate } from './date';

/** The longest lifetime in milliseconds, 400 days (RFC 6265bis, section 5.5). */
const MAX_AGE = 400 * 24 * 60 * 60 * 1000;

/** The most bytes of name and value together, and of an attribute's value (section 5.6). */
const PAIR_SIZE = 4096;
const ATTRIBUTE_SIZE = 1024;

// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

/**
 * Parse an assignment to `document.cookie` (RFC 6265bis, sections 5.6 and 5.7). This
 * predicts what the kernel's jar will do, so that the script reads at once what it wrote.
 *
 * @param line - a well-formed string
 * @param root - the path where the app is mounted, without a slash at its end
 * @param now - milliseconds since the epoch
 * @returns the cookie, expired if it is a deletion; null if it must be ignored
 */
export function readCookie(
  line: string,
  page: IPage,
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
  const domain = domainOf(last.get('domain') ?? '', page.url.hostname);
  const cookie: ICookie = {
    name,
    value,
    path: pathInApp(path.startsWith('/') ? path : '', page.url.pathname, root),
    expires: readExpiry(attributes, now),
    secure: last.has('secure'),
    same_site: readSameSite(last.get('samesite'))
  };
  const bytes = size(name) + size(value);
  return bytes > 0 &&
    bytes <= PAIR_SIZE &&
    domain !== null &&
    !last.has('httponly') &&
    isAllowed(cookie, page) &&
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

function size(text: string): number {
  return encoder.encode(text).length;
}

/** The path for a `Path` attribute, empty if absent: `Jar._place` in `jar.py`. */
function pathInApp(requested: string, page: string, root: string): string {
  const path = requested || page.slice(0, page.lastIndexOf('/'));
  if (`${path}/`.startsWith(`${root}/`)) {
    return path;
  }
  return requested === '/' ? root : root + requested;
}

/** Max-Age takes precedence over Expires; malformed values are ignored. */
function readExpiry(
  attributes: readonly (readonly [string, string])[],
  now: number
): number | null {
  const values = (name: string) =>
    attributes.filter(([key]) => key === name).map(([, value]) => value);
  const age = values('max-age').findLast(value => /^-?\d+$/.test(value));
  if (age !== undefined) {
    return now + Math.max(0, Math.min(Number(age) * 1000, MAX_AGE));
  }
  const date = values('expires')
    .map(readDate)
    .findLast(date => date !== null);
  return date === undefined ? null : Math.min(date, now + MAX_AGE);
}

function readSameSite(text: string | undefined): ICookie['same_site'] {
  const value = text?.toLowerCase();
  return value === 'strict' || value === 'none' ? value : 'lax';
}

/** The domain for a `Domain` attribute: `_domain` in `set_cookie.py`; null if not allowed. */
function domainOf(requested: string, host: string): string | null {
  const domain = requested.toLowerCase().replace(/^\./, '');
  const indivisible = !domain.includes('.') || /(^|\.)\d+$/.test(host);
  if (domain === '' || (indivisible && domain === host)) {
    return '';
  }
  return !indivisible && `.${host}`.endsWith(`.${domain}`) ? domain : null;
}

function isAllowed({ secure, same_site }: ICookie, page: IPage): boolean {
  return (
    (same_site === 'none' ? secure : !page.crossSite) &&
    (!secure || isSecure(page.url))
  );
}

/**
 * Whether a cookie meets the requirements of its name's prefix (section 4.1.3).
 *
 * @param isWholeHost - whether it has no domain, and the path `/`
 */
function keepsPrefix(
  { name, value, secure }: ICookie,
  isWholeHost: boolean
): boolean {
  // A nameless cookie is sent as its bare value, which must not imitate a prefix.
  const sentName = (name || value).toLowerCase();
  if (sentName.startsWith('__host-')) {
    return isWholeHost && secure && name !== '';
  }
  return !sentName.startsWith('__secure-') || (secure && name !== '');
}
