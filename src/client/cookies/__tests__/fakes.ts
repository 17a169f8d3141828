/** What the specs of requests share: a page of an app, its jar, and a kernel's answers. */

import { COOKIES_HEADER } from '../../../protocol';
import { serialize } from '../cookie';
import type { IWrite } from '../jar';
import { Jar } from '../jar';
import { CookieSync } from '../cookieSync';

export const ORIGIN = 'https://example.org';
export const MOUNT = { base: '/demo/', root: '/demo/asgi/shop/' };
export const PAGE = `${ORIGIN}${MOUNT.root}list`;

/** The header of a response that tells of one cookie, `name=value`. */
export function news(changes: number, name: string, value: string): string {
  const rest = { expires: null, secure: false, same_site: 'lax' };
  const cookies = [{ name, value, path: '/demo/asgi/shop', ...rest }];
  return encodeURIComponent(JSON.stringify({ changes, cookies }));
}

/** What a request of a page says in its header. */
export function said(headers: Headers): { known: number; writes: IWrite[] } {
  return JSON.parse(
    decodeURIComponent(headers.get(COOKIES_HEADER) ?? 'null')
  ) as { known: number; writes: IWrite[] };
}

export class FakePage {
  readonly posted: IWrite[] = [];
  readonly jar = new Jar({
    root: '/demo/asgi/shop',
    place: () => ({ url: new URL(PAGE), crossSite: false }),
    post: write => this.posted.push(write)
  });
  readonly requests = new CookieSync(this.jar, ORIGIN, MOUNT);

  /** What its scripts read. */
  get cookie(): string {
    return this.jar.visible().map(serialize).join('; ');
  }
}
