/** What a URL asks of us. */
export type Destination =
  | { readonly kind: 'app'; readonly name: string }
  | { readonly kind: 'slash'; readonly location: string }
  | { readonly kind: 'index' }
  | { readonly kind: 'version' };

/**
 * Tell what `url` asks of the site at `scope`; null if it is none of ours.
 *
 * @param url - the URL of a request
 * @param scope - the scope of the service worker, with a slash at its end
 */
export function route(url: URL, scope: URL): Destination | null {
  const root = `${scope.pathname}asgi/`;
  if (url.origin !== scope.origin || !`${url.pathname}/`.startsWith(root)) {
    return null;
  }
  if (url.pathname.length < root.length) {
    return { kind: 'slash', location: root };
  }
  const path = url.pathname.slice(root.length);
  if (path === '') {
    return { kind: 'index' };
  }
  if (path === '-/version') {
    return { kind: 'version' };
  }
  const end = path.indexOf('/');
  if (end === -1) {
    return { kind: 'slash', location: `${url.pathname}/${url.search}` };
  }
  return end === 0
    ? { kind: 'index' }
    : { kind: 'app', name: decode(path.slice(0, end)) };
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
