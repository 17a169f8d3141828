import type { IContext } from './context';

/** Destinations whose responses browsers cache for other pages (WHATWG Fetch). */
const CACHED: ReadonlySet<string> = new Set([
  'font',
  'image',
  'json',
  'manifest',
  'script',
  'sharedworker',
  'style',
  'track',
  'worker',
  'xslt'
]);

/** How long a private cache may keep a response (RFC 9111, section 5.2.2.1). */
const MAX_AGE = /(?:^|,)\s*max-age\s*=/i;

/**
 * Make browsers revalidate responses that do not state how long to cache them.
 *
 * Chromium guesses from `Last-Modified` (RFC 9111, section 4.2.2): it would cache last
 * month's style sheet for three days, even if a cell changes it and the panel is
 * reloaded. It does not cache what scripts fetch, and scripts would see our header.
 */
export function cacheControl(
  response: Response,
  { request }: IContext
): Response {
  const { headers } = response;
  if (
    CACHED.has(request.destination) &&
    headers.has('last-modified') &&
    !headers.has('expires') &&
    !MAX_AGE.test(headers.get('cache-control') ?? '')
  ) {
    headers.append('cache-control', 'no-cache');
  }
  return response;
}
