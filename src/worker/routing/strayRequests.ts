import { isStray, leadBack, mountOf } from '../../mount';
import type { Askers } from './clientApps';
import type { Destination } from './route';
import { appAt } from './route';

/** Of a `fetch` event, what tells who asks for what. */
export interface IFetch {
  readonly request: Pick<Request, 'url' | 'mode' | 'referrer'>;
  readonly clientId: string;
  readonly resultingClientId: string;
}

/** What JupyterLite's worker answers without asking the network. */
const JUPYTERLITE = /\/api\/(drive|stdin\/)|^\/api\/service-worker-heartbeat$/;

/**
 * Tell where a request leads that a page sent out of its app; null if it did not.
 *
 * The referrer tells which app, where it is a page of one. It is not where a
 * policy withholds it, or where a stylesheet or a script asks that was itself
 * led back: then it is the client's id. Whose client we have not seen, as we
 * have just been started, is `unsure`, unless a page of JupyterLite asks.
 */
export function lead(
  { request, clientId, resultingClientId }: IFetch,
  scope: URL,
  askers: Askers
): Destination | { readonly kind: 'unsure' } | null {
  const url = new URL(request.url);
  if (!isStray(url, scope.origin, scope.pathname)) {
    return null;
  }
  const { referrer } = request;
  // The client of a navigation is the page that is left, if only by its address bar.
  const client = request.mode === 'navigate' ? '' : clientId;
  const app =
    (URL.canParse(referrer) ? appAt(new URL(referrer), scope) : null) ??
    (client === '' ? null : askers.get(client));
  if (app === undefined) {
    return isPage(referrer, scope) || JUPYTERLITE.test(url.pathname)
      ? null
      : { kind: 'unsure' };
  }
  return app === null ? null : leadTo(app, url, scope, resultingClientId);
}

/**
 * Where `url` leads in the app of that name.
 *
 * What becomes a page or a worker is redirected, so that its own address, from
 * which it tells what is relative, is in the app; all else is answered in place,
 * for scripts compare what they asked for with what they got.
 */
export function leadTo(
  name: string,
  url: URL,
  scope: URL,
  resultingClientId = ''
): Destination | null {
  const led = leadBack(url, scope.origin, mountOf(scope.pathname, name));
  if (led === null) {
    return null;
  }
  return resultingClientId === ''
    ? { kind: 'app', name, url: led }
    : { kind: 'redirect', location: led.href };
}

/** Whether a page asks, and not what it loaded; the origin alone is what a policy leaves. */
function isPage(referrer: string, scope: URL): boolean {
  return (
    referrer !== `${scope.origin}/` && /(\/|\.html)$/.test(pathOf(referrer))
  );
}

function pathOf(referrer: string): string {
  return URL.canParse(referrer) ? new URL(referrer).pathname : '';
}
