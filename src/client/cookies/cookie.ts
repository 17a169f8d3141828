/** Cookies as the kernel sends them to pages, and the rules by which a page may see one. */

/** A cookie that page scripts may see: `Cookie` of `jupyterlite_asgi/hosts/browser/jar.py`. */
export interface ICookie {
  /** Empty for a cookie without a name, of which `document.cookie` has the value alone. */
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
  /** Greater than before if the cookies have changed. */
  readonly changes: number;
  /** The id of the write that the kernel took last, if there was one. */
  readonly written: string | null;
  readonly cookies: readonly ICookie[];
}

/** Read a snapshot; null if it is not one. */
export function readSnapshot(value: string): ISnapshot | null {
  try {
    const snapshot = JSON.parse(
      decodeURIComponent(value)
    ) as Partial<ISnapshot> | null;
    return typeof snapshot?.changes === 'number' &&
      Array.isArray(snapshot.cookies)
      ? {
          changes: snapshot.changes,
          written: snapshot.written ?? null,
          cookies: snapshot.cookies
        }
      : null;
  } catch {
    return null;
  }
}

/** The page whose scripts ask. */
export interface IPlace {
  /** The page's URL inside the app; `history.pushState` may change it. */
  readonly url: URL;
  /** Whether another site has embedded the page (RFC 6265bis, section 5.2.1). */
  readonly crossSite: boolean;
}

/** Whether a cookie is over. */
export function isOver({ expires }: ICookie, now: number): boolean {
  return expires !== null && expires <= now;
}

/** Whether they are the same cookie; pages do not know domains. */
export function isSame(one: ICookie, other: ICookie): boolean {
  return one.name === other.name && one.path === other.path;
}

/** Whether the page's scripts may see a cookie of the jar (RFC 6265bis, section 5.8.3). */
export function isVisible(cookie: ICookie, place: IPlace): boolean {
  return (
    pathMatches(place.url.pathname, cookie.path) &&
    (!cookie.secure || isSecure(place.url)) &&
    (!place.crossSite || cookie.same_site === 'none')
  );
}

/** RFC 6265bis, section 5.1.4. */
export function pathMatches(path: string, cookiePath: string): boolean {
  const folder = cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`;
  return path === cookiePath || path.startsWith(folder);
}

/** Whether Secure cookies go there: this machine counts, as in Chromium and Firefox. */
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
