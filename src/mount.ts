/** The URL prefix of a mounted app, and the URLs that lack it. */

/** Where an app is mounted; both paths end with a slash. */
export interface IMount {
  /** The path of the site. */
  readonly base: string;
  /** The path of the app. */
  readonly root: string;
}

/** The path, below the site's, under which apps are mounted. */
export const PREFIX = 'asgi/';

/** The mount of the app served as `name` on the site at `base`. */
export function mountOf(base: string, name: string): IMount {
  return { base, root: `${base}${PREFIX}${encodeURIComponent(name)}/` };
}

/** The inverse of `mountOf`. */
export function nameOf({ base, root }: IMount): string {
  return decodeURIComponent(root.slice((base + PREFIX).length, -1));
}

/**
 * Whether `url` has the app's origin but lacks its prefix, as in `/about` for
 * `<site>/asgi/<name>/about`.
 *
 * If the site is below the origin's root, its own URLs do not count, because an app
 * unaware of its prefix uses none. At the root, only those under `asgi/` do not count.
 *
 * @param origin - the site's
 * @param base - the path of the site, ending with a slash
 */
export function isOutsideApp(url: URL, origin: string, base: string): boolean {
  const site = base === '/' ? `/${PREFIX}` : base;
  return (
    url.origin === origin &&
    url.protocol !== 'blob:' && // whose origin is its page's
    !`${url.pathname}/`.startsWith(site)
  );
}

/**
 * Add the app's prefix to a URL that lacks it.
 *
 * @param origin - the site's
 * @returns the URL inside the app; null if it needs no change
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

/** Whether a page of the app reaches the app by requesting `url`, with its prefix or without. */
export function reachesApp(url: URL, origin: string, mount: IMount): boolean {
  return (
    (url.origin === origin && url.pathname.startsWith(mount.root)) ||
    addPrefix(url, origin, mount) !== null
  );
}

/** Percent-decode a segment of a path; unchanged if it is malformed. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
