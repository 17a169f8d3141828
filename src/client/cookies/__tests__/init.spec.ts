import type { IInit } from '../init';
import { lineOf } from '../init';

const NOW = 1_700_000_000_000;

function line(init: object): string {
  return lineOf({ name: 'a', value: '1', ...init } as IInit, NOW);
}

describe('lineOf', () => {
  it.each([
    [{}, 'a=1; Path=/; Secure; SameSite=strict'],
    [{ name: ' a\t', value: '\t1 ' }, 'a=1; Path=/; Secure; SameSite=strict'],
    [{ name: '', value: 'v' }, '=v; Path=/; Secure; SameSite=strict'],
    [{ name: 5, value: null }, '5=null; Path=/; Secure; SameSite=strict'],
    [{ path: '' }, 'a=1; Path=; Secure; SameSite=strict'],
    [{ path: '/x' }, 'a=1; Path=/x; Secure; SameSite=strict'],
    [
      { domain: 'example.org', sameSite: 'none', partitioned: true },
      'a=1; Path=/; Domain=example.org; Secure; SameSite=none; Partitioned'
    ],
    [{ domain: null, expires: null, maxAge: null }, line({})],
    [
      { maxAge: 5.9, expires: 0 },
      'a=1; Path=/; Max-Age=5; Secure; SameSite=strict'
    ],
    [
      { expires: NOW + 1 },
      'a=1; Path=/; Expires=Tue, 14 Nov 2023 22:13:21 GMT; Secure; SameSite=strict'
    ],
    [
      { expires: NOW },
      'a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; SameSite=strict'
    ],
    [
      { expires: 1e20 },
      'a=1; Path=/; Expires=Wed, 18 Dec 2024 22:13:20 GMT; Secure; SameSite=strict'
    ],
    [{ name: '__Host-a' }, '__Host-a=1; Path=/; Secure; SameSite=strict']
  ])('makes of %j %j', (init, expected) => {
    expect(line(init)).toBe(expected);
  });

  it.each([
    [{ name: undefined }, 'name is missing'],
    [{ value: undefined }, 'value is missing'],
    [{ name: 'a;' }, 'control characters'],
    [{ value: '1\n' }, 'control characters'],
    [{ name: 'a=' }, 'no equals sign'],
    [{ name: '', value: '' }, 'without a name'],
    [{ name: '', value: 'a=b' }, 'without a name'],
    [{ name: '', value: '__Secure-a' }, 'without a name'],
    [{ name: '__Http-a' }, 'may not set'],
    [{ name: '__Host-Http-a' }, 'may not set'],
    [{ value: 'ä'.repeat(2048) }, '4096 bytes'],
    [{ path: 'x' }, 'its path'],
    [{ path: '/x; Max-Age=0' }, 'its path'],
    [{ name: '__Host-a', path: '/x' }, 'wants the path'],
    [{ domain: '.example.org' }, 'its domain'],
    [{ name: '__Host-a', domain: 'example.org' }, 'no domain'],
    [{ expires: NaN }, 'expires is no number'],
    [{ maxAge: 'x' }, 'maxAge is no number'],
    [{ sameSite: 'Lax' }, 'sameSite is one of']
  ])('refuses %j: %s', (init, why) => {
    expect(() => line(init)).toThrow(why);
    expect(() => line(init)).toThrow(/^The cookie was not set: [^.]+\.$/);
  });
});
