/** Cookies as the kernel sends them to pages, and which of them a page may see. */

/** A cookie that page scripts may see: `Cookie` in `jupyterlite_asgi/hosts/browser/set_cookie.py`. */
export interface ICookie {
  /** Empty for a nameless cookie, of which `document.cookie` shows only the value. */
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** Milliseconds since the epoch; null if the cookie lives as long as the kernel's jar. */
  readonly expires: number | null;
  readonly secure: boolean;
  readonly same_site: 'strict' | 'lax' | 'none';
}

/** The cookies at one moment, as sent in the header, in `data-cookies` and on the channel. */
export interface ISnapshot {
  /** Grows whenever the cookies change. */
  readonly changes: number;
  /** The id of the last write that the kernel processed, if any. */
  readonly written: string | null;
  readonly cookies: readonly ICookie[];
  /**
   * When a response last cleared the storage of pages, in milliseconds since the epoch;
   * null if none did.
   */
  readonly cleared: number | null;
}

/** Parse a snapshot; null if it is malformed. */
export function readSnapshot(value: string): ISnapshot | null {
  try {
    const { changes, written, cookies, cleared } = JSON.parse(
      decodeURIComponent(value)
    ) as Partial<ISnapshot>;
    return typeof changes === 'number' && Array.isArray(cookies)
      ? { changes, written: written ?? null, cookies, cleared: cleared ?? null }
      : null;
  } catch {
    return null;
  }
}

/** The page whose scripts read and write cookies. */
export interface IPage {
  /** Its URL inside the app; `history.pushState` may change it. */
  readonly url: URL;
  /** Whether another site embeds it (RFC 6265bis, section 5.2.1). */
  readonly crossSite: boolean;
}

export function isExpired({ expires }: ICookie): boolean {
  return expires !== null && expires <= Date.now();
}

/** Whether the page's scripts may see a cookie (RFC 6265bis, section 5.8.3). */
export function isVisible(cookie: ICookie, page: IPage): boolean {
  return (
    pathMatches(page.url.pathname, cookie.path) &&
    (!cookie.secure || isSecure(page.url)) &&
    (!page.crossSite || cookie.same_site === 'none')
  );
}

/** RFC 6265bis, section 5.1.4. */
export function pathMatches(path: string, cookiePath: string): boolean {
  const folder = cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`;
  return path === cookiePath || path.startsWith(folder);
}

/** Whether Secure cookies are sent there: also to localhost, as in Chromium and Firefox. */
export function isSecure({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' ||
    ['localhost', '127.0.0.1', '[::1]'].includes(hostname) ||
    hostname.endsWith('.localhost')
  );
}

/** A cookie as `document.cookie` shows it. */
export function serialize({ name, value }: ICookie): string {
  return name === '' ? value : `${name}=${value}`;
}
