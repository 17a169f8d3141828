import { addPrefix } from '../../mount';
import type { IContext } from './context';
import { percentEncode } from './headerEncoding';

/** Statuses at which browsers follow `Location` (WHATWG Fetch, redirect status). */
export const REDIRECT: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Keep a redirect inside the app (RFC 9110, section 10.2.2).
 *
 * A relative `Location` counts from the URL of the request, as it does without
 * us. One of another origin is left alone, and so is that of a 201, which is for
 * scripts to read.
 */
export function redirect(
  response: Response,
  { request, mount }: IContext
): Response {
  const { status, headers } = response;
  const given = headers.get('location');
  if (given === null || !REDIRECT.has(status)) {
    return response;
  }
  // From a server Chromium takes the bytes as they are, from a worker as characters.
  const location = percentEncode(given);
  if (!URL.canParse(location, request.url)) {
    return response;
  }
  const url = new URL(location, request.url);
  const inApp = addPrefix(url, new URL(request.url).origin, mount);
  headers.set('location', inApp?.href ?? location);
  return response;
}
