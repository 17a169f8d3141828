import { decodeSegment, PREFIX, VERSION_PATH } from '../../mount';

/** What a URL of ours refers to. */
export type Destination =
  /** The app `name`; `url` is inside the app. */
  | { readonly kind: 'app'; readonly name: string; readonly url: URL }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'index' }
  | { readonly kind: 'version' };

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
  const path = url.pathname.slice(root.length);
  if (path === '') {
    return { kind: 'index' };
  }
  if (PREFIX + path === VERSION_PATH) {
    return { kind: 'version' };
  }
  const end = path.indexOf('/');
  if (end === -1) {
    return { kind: 'redirect', location: `${url.pathname}/${url.search}` };
  }
  return end === 0
    ? { kind: 'index' }
    : { kind: 'app', name: decodeSegment(path.slice(0, end)), url };
}

/** The name of the app that `url` belongs to, if any. */
export function appAt(url: URL, scope: URL): string | null {
  const destination = route(url, scope);
  return destination?.kind === 'app' ? destination.name : null;
}
