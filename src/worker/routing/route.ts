import { PREFIX, VERSION_PATH } from '../../mount';

/** What a URL asks of us. */
export type Destination =
  /** The app of that name; `url` is what it is asked for, below its root. */
  | { readonly kind: 'app'; readonly name: string; readonly url: URL }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'index' }
  | { readonly kind: 'version' };

/**
 * Tell what `url` asks of the site at `scope`; null if it is none of ours.
 *
 * @param url - the URL of a request
 * @param scope - the scope of the service worker, with a slash at its end
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
    : { kind: 'app', name: decode(path.slice(0, end)), url };
}

/** The name of the app that has `url`; null if none has. */
export function appAt(url: URL, scope: URL): string | null {
  const destination = route(url, scope);
  return destination?.kind === 'app' ? destination.name : null;
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
