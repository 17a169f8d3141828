/** Shared by the specs of requests: an app's page, its jar, and the kernel's headers. */

import { COOKIES_HEADER } from '../../../protocol';
import { serialize } from '../cookie';
import type { IWrite } from '../jar';
import { Jar } from '../jar';
import { CookieSync } from '../cookieSync';

export const ORIGIN = 'https://example.org';
export const MOUNT = { base: '/demo/', root: '/demo/asgi/shop/' };
export const PAGE = `${ORIGIN}${MOUNT.root}list`;

/** The header of a response with one cookie, `name=value`. */
export function snapshotHeader(
  changes: number,
  name: string,
  value: string
): string {
  const rest = { expires: null, secure: false, same_site: 'lax' };
  const cookies = [{ name, value, path: '/demo/asgi/shop', ...rest }];
  return encodeURIComponent(JSON.stringify({ changes, cookies }));
}

/** The parsed header of a page's request. */
export function sentHeader(headers: Headers): {
  known: number;
  writes: IWrite[];
} {
  return JSON.parse(
    decodeURIComponent(headers.get(COOKIES_HEADER) ?? 'null')
  ) as { known: number; writes: IWrite[] };
}

export class FakePage {
  readonly posted: IWrite[] = [];
  readonly jar = new Jar(
    '/demo/asgi/shop',
    () => ({ url: new URL(PAGE), crossSite: false }),
    write => this.posted.push(write)
  );
  readonly sync = new CookieSync(this.jar, ORIGIN, MOUNT);

  /** What its scripts read from `document.cookie`. */
  get cookie(): string {
    return this.jar.visible().map(serialize).join('; ');
  }
}
