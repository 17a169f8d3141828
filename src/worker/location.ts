import { leadBack } from '../prefix';
import type { IAsked } from './adapt';

/**
 * Lead a redirect back into the app (RFC 9110, section 10.2.2).
 *
 * A relative `Location` counts from the URL that was asked for, as it does
 * without us; an absolute one of another origin is left alone.
 */
export function leadLocation(
  headers: Headers,
  { request, mount }: IAsked
): void {
  const location = headers.get('location');
  if (location === null || !URL.canParse(location, request.url)) {
    return;
  }
  const asked = new URL(request.url);
  const led = leadBack(new URL(location, asked), asked.origin, mount);
  if (led !== null) {
    headers.set('location', led.href);
  }
}
