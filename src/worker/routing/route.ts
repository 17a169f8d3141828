import { decodeSegment, PREFIX } from '../../mount';
import { POSTED } from '../../published';
import type { Service } from '../../services';

/** What a URL of ours refers to. */
export type Destination =
  /** The app `name`; `url` is inside the app. */
  | { readonly kind: 'app'; readonly name: string; readonly url: URL }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'index' }
  /** The response to a posted form, which is held under `token`. */
  | { readonly kind: 'posted'; readonly token: string }
  /** One of the worker's own services; `app` is the app that it concerns, or empty. */
  | {
      readonly kind: 'service';
      readonly service: Service;
      readonly app: string;
    };

/** The file with the static list of published apps. */
const INDEX = 'index.html';

const SERVICES: ReadonlySet<string> = new Set<Service>([
  'version',
  'busy',
  'status',
  'interrupt'
]);

/**
 * The destination of a request for `url`; null if it is not ours.
 *
 * @param scope - the scope of the service worker, ending with a slash
 */
export function route(url: URL, scope: URL): Destination | null {
  const root = scope.pathname + PREFIX;
  if (url.origin !== scope.origin || !`${url.pathname}/`.startsWith(root)) {
    return null;
  }
  if (url.pathname.length < root.length) {
    return { kind: 'redirect', location: root };
  }
  if (url.pathname.startsWith(scope.pathname + POSTED)) {
    return {
      kind: 'posted',
      token: url.pathname.slice((scope.pathname + POSTED).length)
    };
  }
  const path = url.pathname.slice(root.length);
  if (path === '' || path === INDEX) {
    return { kind: 'index' };
  }
  const [first, service = '', app = ''] = path.split('/');
  if (first === '-' && isService(service)) {
    return { kind: 'service', service, app: decodeSegment(app) };
  }
  const end = path.indexOf('/');
  if (end === -1) {
    return { kind: 'redirect', location: `${url.pathname}/${url.search}` };
  }
  return end === 0
    ? { kind: 'redirect', location: root }
    : { kind: 'app', name: decodeSegment(path.slice(0, end)), url };
}

function isService(name: string): name is Service {
  return SERVICES.has(name);
}

/** The name of the app that `url` belongs to, if any. */
export function appAt(url: URL, scope: URL): string | null {
  const destination = route(url, scope);
  return destination?.kind === 'app' ? destination.name : null;
}
