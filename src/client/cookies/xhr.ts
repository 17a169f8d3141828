import { COOKIES_HEADER } from '../../protocol';
import { onNewXhr, replaceMethod } from '../replace';
import type { ICarried, CookieSync } from './cookieSync';

interface IOpened {
  readonly url: string;
  /** The header that was sent; null before `send` and after the response. */
  carried: ICarried | null;
}

/**
 * Make `XMLHttpRequest` send scripts' writes to the kernel, and apply a response's
 * snapshot before any of the script's handlers run (WHATWG XMLHttpRequest).
 */
export function replaceXhr(
  window: Window & typeof globalThis,
  sync: CookieSync
): void {
  const { prototype } = window.XMLHttpRequest;
  const { addEventListener, getResponseHeader, setRequestHeader } = prototype;
  const opened = new WeakMap<XMLHttpRequest, IOpened>();

  const take = (xhr: XMLHttpRequest) => {
    const request = opened.get(xhr);
    if (request?.carried && xhr.readyState >= xhr.HEADERS_RECEIVED) {
      const read = () => getResponseHeader.call(xhr, COOKIES_HEADER);
      sync.take(xhr.responseURL, read, request.carried);
      request.carried = null;
    }
  };

  // Our listener is the first, so it is called first.
  onNewXhr(window, xhr =>
    addEventListener.call(xhr, 'readystatechange', () => take(xhr))
  );

  replaceMethod(prototype, 'open', (native, args, self) => {
    native(args);
    const url = new URL(String(args[1]), window.document.baseURI).href;
    opened.set(self as XMLHttpRequest, { url, carried: null });
  });

  replaceMethod(prototype, 'send', (native, args, self) => {
    const xhr = self as XMLHttpRequest;
    const request = opened.get(xhr);
    const carried = request ? sync.carry(request.url) : null;
    if (request && carried) {
      try {
        setRequestHeader.call(xhr, COOKIES_HEADER, carried.value);
        request.carried = carried;
      } catch {
        // The state is wrong; `send` will throw.
      }
    }
    native(args);
    take(xhr); // a synchronous request fires no earlier event
  });
}
