import { OWN_REQUEST_HEADER } from '../protocol';

/**
 * Mark synchronous requests of this kernel to apps that it serves: it could not respond
 * before it has the response, so the worker refuses them.
 *
 * @param isOwn - whether the kernel serves the app at a URL
 */
export function markOwnRequests(isOwn: (url: string) => boolean): void {
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (
    this: XMLHttpRequest,
    method: string,
    url: string | URL,
    ...rest: [asynchronous?: boolean, ...credentials: (string | null)[]]
  ) {
    Reflect.apply(open, this, [method, url, ...rest]);
    const [asynchronous = true] = rest;
    if (!asynchronous && isOwn(new URL(url, location.href).href)) {
      this.setRequestHeader(OWN_REQUEST_HEADER, 'synchronous');
    }
  };
}
