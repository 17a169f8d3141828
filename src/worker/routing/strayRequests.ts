import { isOutsideApp, addPrefix, mountOf } from '../../mount';
import type { ClientApps } from './clientApps';
import { appAt, type Destination } from './route';

/** The part of a `fetch` event that shows where the request comes from. */
export type FetchSource = Pick<FetchEvent, 'clientId' | 'resultingClientId'> & {
  readonly request: Pick<Request, 'url' | 'mode' | 'referrer'>;
};

/**
 * Whether JupyterLite's worker handles the path itself: its heartbeat at the origin's
 * root, and the drive and `stdin` of kernels below the site's.
 */
function isJupyterLitePath(path: string, base: string): boolean {
  return (
    path === '/api/service-worker-heartbeat' ||
    path === `${base}api/drive` ||
    path.startsWith(`${base}api/stdin/`)
  );
}

/**
 * Find the app that owns a request outside its prefix; null if none does.
 *
 * The referrer identifies the app if it is one of the app's pages. Otherwise, because a
 * policy withholds it or the request comes from a rewritten stylesheet or script, the
 * client id does. A client that this instance has not seen, because it has just started,
 * is `unsure`, unless the request comes from a page of JupyterLite.
 */
export function rewrite(
  { request, clientId, resultingClientId }: FetchSource,
  scope: URL,
  clientApps: ClientApps
): Destination | { readonly kind: 'unsure' } | null {
  const url = new URL(request.url);
  if (!isOutsideApp(url, scope.origin, scope.pathname)) {
    return null;
  }
  const { referrer } = request;
  // A navigation's client is the page being left, even via the address bar.
  const client = request.mode === 'navigate' ? '' : clientId;
  const app =
    (URL.canParse(referrer) ? appAt(new URL(referrer), scope) : null) ??
    (client === '' ? null : clientApps.get(client));
  if (app === undefined) {
    return isPage(referrer, scope) ||
      isJupyterLitePath(url.pathname, scope.pathname)
      ? null
      : { kind: 'unsure' };
  }
  return app === null ? null : rewriteTo(app, url, scope, resultingClientId);
}

/**
 * Rewrite `url` to the app `name`; null if it needs no change.
 *
 * Pages and workers are redirected, so that their relative URLs resolve inside the app.
 * Everything else is served in place, because scripts compare the URL that they requested
 * with that of the response.
 */
export function rewriteTo(
  name: string,
  url: URL,
  scope: URL,
  resultingClientId = ''
): Destination | null {
  const inApp = addPrefix(url, scope.origin, mountOf(scope.pathname, name));
  if (inApp === null) {
    return null;
  }
  return resultingClientId === ''
    ? { kind: 'app', name, url: inApp }
    : { kind: 'redirect', location: inApp.href };
}

/** Whether the referrer is a page, not a subresource or, by policy, just the origin. */
function isPage(referrer: string, scope: URL): boolean {
  return (
    referrer !== `${scope.origin}/` &&
    URL.canParse(referrer) &&
    /(\/|\.html)$/.test(new URL(referrer).pathname)
  );
}
