import { isOutsideApp, addPrefix, mountOf } from '../../mount';
import type { ClientApps } from './clientApps';
import type { Destination } from './route';
import { appAt } from './route';

/** The part of a `fetch` event that shows where the request comes from. */
export interface IFetch {
  readonly request: Pick<Request, 'url' | 'mode' | 'referrer'>;
  readonly clientId: string;
  readonly resultingClientId: string;
}

/**
 * What JupyterLite's worker answers without the network: its heartbeat at the
 * origin's root, and the drive and `stdin` of kernels below the site's.
 */
function isJupyterLites(path: string, base: string): boolean {
  return (
    path === '/api/service-worker-heartbeat' ||
    path === `${base}api/drive` ||
    path.startsWith(`${base}api/stdin/`)
  );
}

/**
 * Find the app that owns a request outside its prefix; null if none does.
 *
 * The referrer names the app if it is one of its pages. It does not if a policy
 * withholds it, or if the request comes from a stylesheet or script that was
 * itself rewritten: then the client's id does. A client that this instance has
 * not seen, because it has just started, is `unsure`, unless the request comes
 * from a page of JupyterLite.
 */
export function rewrite(
  { request, clientId, resultingClientId }: IFetch,
  scope: URL,
  clientApps: ClientApps
): Destination | { readonly kind: 'unsure' } | null {
  const url = new URL(request.url);
  if (!isOutsideApp(url, scope.origin, scope.pathname)) {
    return null;
  }
  const { referrer } = request;
  // A navigation's client is the page that is left, even by the address bar.
  const client = request.mode === 'navigate' ? '' : clientId;
  const app =
    (URL.canParse(referrer) ? appAt(new URL(referrer), scope) : null) ??
    (client === '' ? null : clientApps.get(client));
  if (app === undefined) {
    return isPage(referrer, scope) ||
      isJupyterLites(url.pathname, scope.pathname)
      ? null
      : { kind: 'unsure' };
  }
  return app === null ? null : rewriteTo(app, url, scope, resultingClientId);
}

/**
 * Where `url` is in the app of that name.
 *
 * What becomes a page or a worker is redirected, so that its own address, from
 * which relative URLs count, is in the app; everything else is answered in
 * place, because scripts compare the URL they requested with that of the response.
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

/** Whether a page asks, and not what it loaded; some policies leave only the origin. */
function isPage(referrer: string, scope: URL): boolean {
  return (
    referrer !== `${scope.origin}/` && /(\/|\.html)$/.test(pathOf(referrer))
  );
}

function pathOf(referrer: string): string {
  return URL.canParse(referrer) ? new URL(referrer).pathname : '';
}
