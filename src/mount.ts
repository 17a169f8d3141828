/** What an app is told of the URL prefix that it is mounted under, and what it is not. */

/** Where an app is mounted; both paths end with a slash. */
export interface IMount {
  /** The path of the site. */
  readonly base: string;
  /** The path of the app. */
  readonly root: string;
}

/** The mount of the served app `name` of the site at `base`. */
export function mountOf(base: string, name: string): IMount {
  return { base, root: `${base}asgi/${encodeURIComponent(name)}/` };
}

/** The name of the served app that has such a mount. */
export function nameOf({ base, root }: IMount): string {
  return decodeURIComponent(root.slice(`${base}asgi/`.length, -1));
}

/**
 * Whether `url` may be one that an app said which knows nothing of its prefix:
 * `/about` for what is `<site>/asgi/<name>/about`.
 *
 * What lies in a site below its origin's root is none: no such app says that.
 * At the origin's root only what is under `asgi/` is left alone.
 *
 * @param url - an absolute URL
 * @param origin - the site's origin
 * @param base - the path of the site, with a slash at its end
 */
export function isStray(url: URL, origin: string, base: string): boolean {
  const site = base === '/' ? '/asgi/' : base;
  return (
    url.origin === origin &&
    url.protocol !== 'blob:' && // has its page's origin
    !`${url.pathname}/`.startsWith(site)
  );
}

/**
 * Lead a URL back into the app, if the app meant one of its own.
 *
 * @param url - an absolute URL that the app, or a page of it, gave
 * @param origin - the site's origin
 * @returns where it leads; null if it may stay as it is
 */
export function leadBack(
  url: URL,
  origin: string,
  { base, root }: IMount
): URL | null {
  if (!isStray(url, origin, base)) {
    return null;
  }
  const led = new URL(url);
  led.pathname = root + url.pathname.slice(1);
  return led;
}
