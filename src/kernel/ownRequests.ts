import { OWN_REQUEST_HEADER } from '../protocol';

/**
 * Mark synchronous requests of this kernel to apps that it serves: it could not respond
 * before it has the response, so the worker refuses them.
 *
 * @param apps - the URL below which apps are
 * @param isOwn - whether the kernel serves the app at a URL; a function of Python, which
 *   cannot be called while Python reads a file of JupyterLite's drive
 */
export function markOwnRequests(
  apps: string,
  isOwn: (url: string) => boolean
): void {
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (
    this: XMLHttpRequest,
    method: string,
    url: string | URL,
    ...rest: [asynchronous?: boolean, ...credentials: (string | null)[]]
  ) {
    Reflect.apply(open, this, [method, url, ...rest]);
    const [asynchronous = true] = rest;
    const { href } = new URL(url, location.href);
    if (!asynchronous && href.startsWith(apps) && isOwn(href)) {
      this.setRequestHeader(OWN_REQUEST_HEADER, 'synchronous');
    }
  };
}
