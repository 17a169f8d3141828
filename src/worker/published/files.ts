import { decodeSegment } from '../../mount';
import { STORED_HEADER } from '../../published';
import { isPublished } from './apps';
import { stored } from './cache';

/** The folder, below the site's, with what the build makes of published apps. */
const FOLDER = 'static/asgi/';

/** In that folder, the files whose URLs have a hash of their contents. */
const IMMUTABLE = 'files/';

/** Where to look first for a file of published apps; or `browser`, to leave it alone. */
export type Source = 'cache' | 'network' | 'browser';

/** The source of the requested file; null if it does not belong to published apps. */
export function sourceFor(
  request: Pick<Request, 'destination' | 'headers' | 'method' | 'url'>,
  scope: URL
): Source | null {
  const { destination, headers, method } = request;
  const { origin, pathname } = new URL(request.url);
  const folder = scope.pathname + FOLDER;
  if (
    method !== 'GET' ||
    origin !== scope.origin ||
    !pathname.startsWith(folder)
  ) {
    return null;
  }
  const path = pathname.slice(folder.length);
  if (path.startsWith(IMMUTABLE)) {
    // The shell and the runtime look into the cache themselves before they fetch, where
    // they can, and Firefox aborts a download that we pass on when the worker is replaced.
    const isFetch = destination === '' && !headers.has(STORED_HEADER);
    return isFetch ? 'browser' : 'cache';
  }
  const [, name] = /^([^/]+)\.json$/.exec(path) ?? [];
  return name !== undefined && isPublished(decodeSegment(name))
    ? 'network'
    : null;
}

/**
 * Respond with a file of published apps from `source`, or else from the other one. The
 * runtime stores them, not the worker, so that a build is there as a whole or not at all.
 *
 * The copies are passed on as they are, with the headers that the host sent, because
 * browsers keep compiled code with them.
 */
export async function serveFile(
  request: Request,
  source: Exclude<Source, 'browser'>,
  scope: URL
): Promise<Response> {
  if (source === 'cache') {
    return (await stored(request.url, scope)) ?? fetch(request);
  }
  return fetch(request).catch(
    async () => (await stored(request.url, scope)) ?? Response.error()
  );
}
