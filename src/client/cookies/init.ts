import { MAX_AGE, size } from './read';

/** What `cookieStore.set` is given (WHATWG Cookie Store API, `CookieInit`). */
export interface IInit {
  readonly name: string;
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expires?: number | null;
  /** Seconds. */
  readonly maxAge?: number | null;
  readonly domain?: string | null;
  readonly path?: string;
  readonly sameSite?: string;
  readonly partitioned?: boolean;
}

// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f;]/;

const SIZE = 4096;

/**
 * The line by which `document.cookie` would set the same cookie (section 7.3).
 *
 * @param init - as the script gave it
 * @param now - milliseconds since the epoch
 * @throws TypeError, for what the API refuses
 */
export function lineOf(init: IInit, now: number): string {
  const name = text(init.name, 'name').replace(/^[ \t]+|[ \t]+$/g, '');
  const value = text(init.value, 'value').replace(/^[ \t]+|[ \t]+$/g, '');
  checkPair(name, value);
  const parts = [`${name}=${value}`, `Path=${pathOf(init, name)}`];
  if (init.domain !== undefined && init.domain !== null) {
    parts.push(`Domain=${domainOf(init.domain, name)}`);
  }
  if (init.maxAge !== undefined && init.maxAge !== null) {
    parts.push(`Max-Age=${Math.trunc(finite(init.maxAge, 'maxAge'))}`);
  } else if (init.expires !== undefined && init.expires !== null) {
    parts.push(`Expires=${dateOf(finite(init.expires, 'expires'), now)}`);
  }
  parts.push('Secure', `SameSite=${sameSiteOf(init)}`);
  if (init.partitioned) {
    parts.push('Partitioned');
  }
  return parts.join('; ');
}

function checkPair(name: string, value: string): void {
  const called = name.toLowerCase();
  if (FORBIDDEN.test(name + value)) {
    refuse(
      'name and value may have neither a semicolon nor control characters'
    );
  }
  if (name.includes('=')) {
    refuse('its name may have no equals sign');
  }
  if (
    name === '' &&
    (value === '' || /=|^__(host|secure|http)-/i.test(value))
  ) {
    refuse('without a name its value may not be empty or look like a name');
  }
  if (called.startsWith('__http-') || called.startsWith('__host-http-')) {
    refuse('scripts may not set one of that name');
  }
  if (size(name) + size(value) > SIZE) {
    refuse(`name and value may have ${SIZE} bytes together`);
  }
}

function pathOf({ path = '/' }: IInit, name: string): string {
  const asked = text(path, 'path');
  if ((asked !== '' && !asked.startsWith('/')) || FORBIDDEN.test(asked)) {
    refuse('its path must begin with a slash and have no semicolon');
  }
  if (name.toLowerCase().startsWith('__host-') && asked !== '/') {
    refuse('its name wants the path “/”');
  }
  return asked;
}

function domainOf(domain: string, name: string): string {
  const asked = text(domain, 'domain');
  if (asked.startsWith('.') || FORBIDDEN.test(asked)) {
    refuse('its domain must be a host name');
  }
  if (name.toLowerCase().startsWith('__host-')) {
    refuse('its name wants no domain');
  }
  return asked;
}

/** `Expires` has whole seconds: up, so that what ends later than now does. */
function dateOf(expires: number, now: number): string {
  const seconds =
    expires <= now ? 0 : Math.ceil(Math.min(expires, now + MAX_AGE) / 1000);
  return new Date(seconds * 1000).toUTCString();
}

function sameSiteOf({ sameSite = 'strict' }: IInit): string {
  if (!['strict', 'lax', 'none'].includes(sameSite)) {
    refuse('sameSite is one of “strict”, “lax” and “none”');
  }
  return sameSite;
}

function text(value: unknown, field: string): string {
  return value === undefined
    ? refuse(`${field} is missing`)
    : `${value as string}`;
}

function finite(value: unknown, field: string): number {
  const number = Number(value);
  return Number.isFinite(number) ? number : refuse(`${field} is no number`);
}

function refuse(why: string): never {
  throw new TypeError(`The cookie was not set: ${why}.`);
}
