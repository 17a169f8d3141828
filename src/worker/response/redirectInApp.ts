import { addPrefix } from '../../mount';
import type { IContext } from './context';
import { percentEncode } from './headerEncoding';

/** Statuses at which browsers follow `Location` (WHATWG Fetch, redirect status). */
export const REDIRECT: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Keep a redirect inside the app (RFC 9110, section 10.2.2). Leaves alone redirects to
 * other origins, and the `Location` of a 201, which only scripts read.
 */
export function redirectInApp(
  response: Response,
  { request, mount }: IContext
): Response {
  const { status, headers } = response;
  const given = headers.get('location');
  if (given === null || !REDIRECT.has(status)) {
    return response;
  }
  // Chromium uses a server's bytes unchanged, but decodes a worker's as characters.
  const location = percentEncode(given);
  if (!URL.canParse(location, request.url)) {
    return response;
  }
  const url = new URL(location, request.url);
  const inApp = addPrefix(url, new URL(request.url).origin, mount);
  headers.set('location', inApp?.href ?? location);
  return response;
}
