import { cacheName } from '../../published';

/**
 * The copy of `url` that the runtime has stored; undefined if there is none, or if the
 * browser lets the site store nothing.
 */
export async function stored(
  url: string,
  scope: URL
): Promise<Response | undefined> {
  return caches
    .match(url, { cacheName: cacheName(scope.pathname), ignoreVary: true })
    .catch(() => undefined);
}
