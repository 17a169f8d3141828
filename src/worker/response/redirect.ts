import { addPrefix } from '../../mount';
import type { IContext } from './context';
import { percentEncode } from './headerEncoding';

/** Statuses at which browsers go where `Location` leads (WHATWG Fetch, redirect status). */
export const REDIRECT: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Lead a redirect back into the app (RFC 9110, section 10.2.2).
 *
 * A relative `Location` counts from the URL that was asked for, as it does
 * without us; an absolute one of another origin, and that of a 201, which is
 * for a script to read, are left alone.
 *
 * @param response - the app's; its headers are changed in place
 */
export function leadLocation(
  { status, headers }: Response,
  { request, mount }: IContext
): void {
  const given = headers.get('location');
  if (given === null || !REDIRECT.has(status)) {
    return;
  }
  // Of a server Chromium takes the bytes as they are, of a worker as characters.
  const location = percentEncode(given);
  if (!URL.canParse(location, request.url)) {
    return;
  }
  const asked = new URL(request.url);
  const led = addPrefix(new URL(location, asked), asked.origin, mount);
  headers.set('location', led?.href ?? location);
}
