import { COOKIES_HEADER } from '../../protocol';
import { replaceMethod } from '../replace';
import type { ICarried, CookieSync } from './cookieSync';

/** Arguments of `fetch`, with our header added. */
interface IPrepared {
  readonly args: readonly unknown[];
  readonly carried: ICarried;
  /** Restores the script's own request after the call. */
  readonly undo?: () => void;
}

/**
 * Make `fetch` send scripts' writes to the kernel, and apply a response's snapshot
 * before the script gets the response (WHATWG Fetch, section 5.6).
 *
 * The browser still validates the arguments, and drops our header from requests
 * that must not have it (`no-cors`).
 */
export function replaceFetch(
  window: Window & typeof globalThis,
  sync: CookieSync
): void {
  replaceMethod(window, 'fetch', (native, args) => {
    const call = native as (args: readonly unknown[]) => Promise<Response>;
    const prepared = prepare(args, sync, window.document);
    if (prepared === null) {
      return call(args);
    }
    const response = call(prepared.args);
    prepared.undo?.();
    return response.then(response => {
      const read = () => response.headers.get(COOKIES_HEADER);
      sync.take(response.url, read, prepared.carried);
      return response;
    });
  });
}

/** Null if the request does not go to the app, or `fetch` will reject the arguments. */
function prepare(
  args: readonly unknown[],
  sync: CookieSync,
  document: Document
): IPrepared | null {
  try {
    const [input, init, ...rest] = args as [unknown, RequestInit?];
    const url = isRequest(input) ? input.url : String(input);
    const carried = args.length > 0 ? sync.carry(url, document.baseURI) : null;
    const isOptions = ['undefined', 'object', 'function'].includes(typeof init);
    if (carried === null || !isOptions) {
      return null;
    }
    if (isRequest(input) && init?.headers === undefined) {
      // Passing an `init` would reset its referrer.
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

/** Also true for a `Request` of another window. */
function isRequest(input: unknown): input is Request {
  return Object.prototype.toString.call(input) === '[object Request]';
}

/** The same options with other headers; `init` may be frozen, or itself a `Request`. */
function withHeaders(init: RequestInit | undefined, headers: Headers): object {
  return new Proxy(
    {},
    {
      get: (_, key): unknown =>
        key === 'headers' ? headers : Reflect.get(init ?? {}, key)
    }
  );
}
