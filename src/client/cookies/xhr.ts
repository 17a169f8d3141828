import { COOKIES_HEADER } from '../../protocol';
import { wrapNative, replaceMethod } from '../replace';
import type { ICarried, CookieSync } from './cookieSync';

/** A request that was opened. */
interface IOpened {
  readonly url: string;
  /** What it took along, until its response has come. */
  carried: ICarried | null;
}

/**
 * Have `XMLHttpRequest` send the kernel what scripts wrote, and take the snapshot
 * of a response before any handler of the script runs (WHATWG XMLHttpRequest).
 */
export function replaceXhr(
  window: Window & typeof globalThis,
  requests: CookieSync
): void {
  const native = window.XMLHttpRequest;
  const { addEventListener, getResponseHeader, setRequestHeader } =
    native.prototype;
  const opened = new WeakMap<XMLHttpRequest, IOpened>();

  const take = (xhr: XMLHttpRequest) => {
    const request = opened.get(xhr);
    if (request?.carried && xhr.readyState >= xhr.HEADERS_RECEIVED) {
      const read = () => getResponseHeader.call(xhr, COOKIES_HEADER);
      requests.take(xhr.responseURL, read, request.carried);
      request.carried = null;
    }
  };

  // The listener that is added first is called first.
  const replaced = new Proxy(native, {
    construct(target, args, newTarget) {
      const xhr = Reflect.construct(target, args, newTarget) as XMLHttpRequest;
      addEventListener.call(xhr, 'readystatechange', () => take(xhr));
      return xhr;
    }
  });
  native.prototype.constructor = replaced;
  replaceMethod(window, 'XMLHttpRequest', () => replaced);

  replaceMethod(native.prototype, 'open', native =>
    wrapNative(native, (self, args) => {
      Reflect.apply(native, self, args);
      const url = new URL(String(args[1]), window.document.baseURI).href;
      opened.set(self as XMLHttpRequest, { url, carried: null });
    })
  );

  replaceMethod(native.prototype, 'send', native =>
    wrapNative(native, (self, args) => {
      const xhr = self as XMLHttpRequest;
      const request = opened.get(xhr);
      const carried = request ? requests.carry(request.url) : null;
      if (request && carried) {
        try {
          setRequestHeader.call(xhr, COOKIES_HEADER, carried.value);
          request.carried = carried;
        } catch {
          // It cannot be sent now, which `send` says itself.
        }
      }
      Reflect.apply(native, self, args);
      take(xhr); // a synchronous one has no event in between
    })
  );
}
