/** The URL prefix under which an app is mounted, and the URLs that lack it. */

/** Where an app is mounted; both paths end with a slash. */
export interface IMount {
  /** The path of the site. */
  readonly base: string;
  /** The path of the app. */
  readonly root: string;
}

/** The path below a site's under which its apps are mounted. */
export const PREFIX = 'asgi/';

/** The path below a site's at which the service worker states its version. */
export const VERSION_PATH = `${PREFIX}-/version`;

/** The mount of the served app `name` of the site at `base`. */
export function mountOf(base: string, name: string): IMount {
  return { base, root: `${base}${PREFIX}${encodeURIComponent(name)}/` };
}

/** The name of the served app that has such a mount. */
export function nameOf({ base, root }: IMount): string {
  return decodeURIComponent(root.slice((base + PREFIX).length, -1));
}

/**
 * Whether an app unaware of its prefix may mean `url` as one of its own: `/about`
 * for `<site>/asgi/<name>/about`.
 *
 * On a site below its origin's root no URL of the site is: such an app uses none.
 * At the origin's root only those under `asgi/` are not.
 *
 * @param url - an absolute URL
 * @param origin - the site's origin
 * @param base - the path of the site, with a slash at its end
 */
export function isOutsideApp(url: URL, origin: string, base: string): boolean {
  const site = base === '/' ? `/${PREFIX}` : base;
  return (
    url.origin === origin &&
    url.protocol !== 'blob:' && // has its page's origin
    !`${url.pathname}/`.startsWith(site)
  );
}

/**
 * Put the app's prefix before the path of a URL, if the app meant one of its own.
 *
 * @param url - an absolute URL that the app, or a page of it, gave
 * @param origin - the site's origin
 * @returns the URL inside the app; null if it may stay as it is
 */
export function addPrefix(
  url: URL,
  origin: string,
  { base, root }: IMount
): URL | null {
  if (!isOutsideApp(url, origin, base)) {
    return null;
  }
  const inApp = new URL(url);
  inApp.pathname = root + url.pathname.slice(1);
  return inApp;
}
