import { addPrefix } from '../../mount';
import type { IContext } from './context';
import { percentEncode } from './headerEncoding';

/** Statuses at which browsers follow `Location` (WHATWG Fetch, redirect status). */
export const REDIRECT: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Keep a redirect inside the app (RFC 9110, section 10.2.2). Leaves alone redirects to
 * other origins, and the `Location` of a 201, which only scripts read.
 */
export function redirectInApp(response: Response, context: IContext): Response {
  const { status, headers } = response;
  const given = headers.get('location');
  if (given === null || !REDIRECT.has(status)) {
    return response;
  }
  // Chromium uses a server's bytes unchanged, but decodes a worker's as characters.
  const location = percentEncode(given);
  headers.set('location', urlInApp(location, context) ?? location);
  return response;
}

/** The URL inside the app for one in a header; null if it is invalid or needs no change. */
export function urlInApp(
  url: string,
  { request, mount }: IContext
): string | null {
  if (!URL.canParse(url, request.url)) {
    return null;
  }
  const { origin } = new URL(request.url);
  const inApp = addPrefix(new URL(url, request.url), origin, mount);
  return inApp && inApp.href;
}
