import { COOKIES_HEADER } from '../../protocol';
import type { IContext } from './context';
import { REDIRECT } from './redirect';

/**
 * Follow a redirect to another origin in place of the browser, which would send
 * the page script's header along (WHATWG Fetch, section 4.4).
 *
 * That origin would see what scripts wrote, and a server that does not know the
 * header would reject it (CORS). A body is gone with the request: a redirect that
 * has to repeat it stays as it is.
 *
 * @returns what that origin answered; the response itself if it is no such redirect
 */
export async function followRedirect(
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
  const there = new URL(location, request.url);
  const method = methodOf(request.method, response.status);
  if (there.origin === new URL(request.url).origin || method === null) {
    return response;
  }
  await response.body?.cancel();
  const { credentials, referrer, referrerPolicy, signal, integrity } = request;
  return fetch(there, {
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

/** The method of the request that follows; null if it has a body. */
function methodOf(method: string, status: number): string | null {
  if (method === 'GET' || method === 'HEAD') {
    return method;
  }
  const isRead = status === 303 || (status < 303 && method === 'POST');
  return isRead ? 'GET' : null;
}

/** What the script sent, without what is not for another origin, or describes a body. */
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
