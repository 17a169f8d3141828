import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IPage } from '../cookie';
import { readCookie } from '../read';

/** Cookies by line and page; the tests of the kernel's jar read the same file. */
const LINES = JSON.parse(
  readFileSync(join(__dirname, '../../../../tests/cookie_lines.json'), 'utf-8')
) as Record<string, Record<string, string | null>>;

const NOW = 1_700_000_000_000;

const HERE: IPage = {
  url: new URL('https://example.org/asgi/shop/list/page'),
  crossSite: false
};

function read(line: string, page = HERE) {
  return readCookie(line, page, '/asgi/shop', NOW);
}

/** A cookie in the format of the samples; null if ignored or expired. */
function format(line: string, url: string): string | null {
  const cookie = read(line, { ...HERE, url: new URL(url) });
  if (cookie === null || (cookie.expires ?? Infinity) <= NOW) {
    return null;
  }
  const { name, value, path, expires, secure, same_site } = cookie;
  const rest = [expires ?? '-', secure ? 'secure' : '-', same_site];
  return [name, value, path, ...rest].join(' | ');
}

describe('readCookie', () => {
  const samples = Object.entries(LINES).flatMap(([url, lines]) =>
    Object.entries(lines).map(([line, cookie]) => [line, url, cookie] as const)
  );

  it.each(samples)('reads %j at %s as the kernel does', (line, url, cookie) => {
    expect(format(line, url)).toBe(cookie);
  });

  it.each([
    ['n=', 'v', 4095, true],
    ['n=', 'v', 4096, false],
    ['n=', 'ä', 2047, true],
    ['n=', 'ä', 2048, false],
    ['', 'v', 4096, true],
    ['', 'v', 4097, false]
  ])('counts the bytes of %j and %j × %d', (name, value, count, fits) => {
    expect(read(name + value.repeat(count)) !== null).toBe(fits);
  });

  it('ignores an attribute that is too long', () => {
    const path = `/${'x'.repeat(1023)}`;
    expect(read(`a=1; Path=${path}`)?.path).toBe(`/asgi/shop${path}`);
    expect(read(`a=1; Path=${path}x`)?.path).toBe('/asgi/shop/list');
  });

  it.each([
    ['a=1', false],
    ['a=1; SameSite=Strict', false],
    ['a=1; SameSite=None; Secure', true]
  ])('accepts %j in a page that another site embeds: %s', (line, accepted) => {
    expect(read(line, { ...HERE, crossSite: true }) !== null).toBe(accepted);
  });
});
