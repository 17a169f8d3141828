import { COOKIES_HEADER } from '../../protocol';
import { wrapNative, replaceMethod } from '../replace';
import type { ICarried, CookieSync } from './cookieSync';

/** Arguments of `fetch` with our header among the others. */
interface IPrepared {
  readonly args: readonly unknown[];
  readonly carried: ICarried;
  /** To be called once `fetch` was: leaves the script's request as it was. */
  readonly undo?: () => void;
}

/**
 * Have `fetch` send the kernel what scripts wrote, and take the snapshot of a
 * response before the script gets it (WHATWG Fetch, section 5.6).
 *
 * All else is the browser's: what it refuses it refuses in its own words, and
 * from a request that may have no header of ours (`no-cors`) it drops it.
 */
export function replaceFetch(
  window: Window & typeof globalThis,
  requests: CookieSync
): void {
  replaceMethod(window, 'fetch', native =>
    wrapNative(native, (self, args) => {
      const call = (args: readonly unknown[]) =>
        Reflect.apply(native, self, args) as Promise<Response>;
      const prepared = prepare(args, requests, window.document);
      if (prepared === null) {
        return call(args);
      }
      const { carried } = prepared;
      const response = call(prepared.args);
      prepared.undo?.();
      return response.then(response => {
        const read = () => response.headers.get(COOKIES_HEADER);
        requests.take(response.url, read, carried);
        return response;
      });
    })
  );
}

/** Null where the request is not the app's, or the arguments are none that `fetch` takes. */
function prepare(
  args: readonly unknown[],
  requests: CookieSync,
  document: Document
): IPrepared | null {
  try {
    const [input, init, ...rest] = args as [unknown, RequestInit?];
    const url = isRequest(input) ? input.url : String(input);
    const carried =
      args.length > 0 ? requests.carry(url, document.baseURI) : null;
    if (carried === null) {
      return null;
    }
    if (!['undefined', 'object', 'function'].includes(typeof init)) {
      return null;
    }
    if (isRequest(input) && init?.headers === undefined) {
      // With an `init` of ours it would lose its referrer.
      const { headers } = input;
      headers.set(COOKIES_HEADER, carried.value);
      return { args, carried, undo: () => headers.delete(COOKIES_HEADER) };
    }
    const headers = new Headers(init?.headers);
    headers.set(COOKIES_HEADER, carried.value);
    return { args: [input, withHeaders(init, headers), ...rest], carried };
  } catch {
    return null;
  }
}

/** Whether it is a request, of this window or of another. */
function isRequest(input: unknown): input is Request {
  return Object.prototype.toString.call(input) === '[object Request]';
}

/** The same options but for their headers; they may be frozen, or those of a `Request`. */
function withHeaders(init: RequestInit | undefined, headers: Headers): object {
  return new Proxy(
    {},
    {
      get: (_, key): unknown =>
        key === 'headers' ? headers : Reflect.get(init ?? {}, key)
    }
  );
}
