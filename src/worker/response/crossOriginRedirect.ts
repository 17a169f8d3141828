import { COOKIES_HEADER } from '../../protocol';
import type { IContext } from './context';
import { REDIRECT } from './redirectInApp';

/**
 * Follow a redirect to another origin in place of the browser, which would also send the
 * page script's header there (WHATWG Fetch, section 4.4): it would leak the page's
 * writes, and a server that does not know it would reject the request (CORS).
 *
 * A redirect that requires resending a body is left alone, because the body is gone.
 *
 * @returns the other origin's response; the given one if it is no such redirect
 */
export async function crossOriginRedirect(
  response: Response,
  { request }: IContext
): Promise<Response> {
  const location = response.headers.get('location');
  if (
    location === null ||
    !REDIRECT.has(response.status) ||
    !request.headers.has(COOKIES_HEADER) ||
    request.mode !== 'cors' ||
    request.redirect !== 'follow' ||
    !URL.canParse(location, request.url)
  ) {
    return response;
  }
  const target = new URL(location, request.url);
  const method = methodOf(request.method, response.status);
  if (target.origin === new URL(request.url).origin || method === null) {
    return response;
  }
  await response.body?.cancel();
  const { credentials, referrer, referrerPolicy, signal, integrity } = request;
  return fetch(target, {
    method,
    headers: headersOf(request),
    mode: 'cors',
    credentials,
    referrer,
    referrerPolicy,
    integrity,
    signal
  }).catch(() => Response.error());
}

/** The method of the redirected request; null if it has a body. */
function methodOf(method: string, status: number): string | null {
  if (method === 'GET' || method === 'HEAD') {
    return method;
  }
  const becomesGet = status === 303 || (status < 303 && method === 'POST');
  return becomesGet ? 'GET' : null;
}

/** The script's headers, without those that are only for our origin or describe a body. */
function headersOf(request: Request): Headers {
  const headers = new Headers(request.headers);
  for (const name of [COOKIES_HEADER, 'authorization', 'user-agent']) {
    headers.delete(name);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    [...headers.keys()]
      .filter(name => /^content-(encoding|language|location|type)$/.test(name))
      .forEach(name => headers.delete(name));
  }
  return headers;
}
