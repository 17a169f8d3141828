import type { IContext } from './context';

/** What browsers keep for the next page that asks for it (WHATWG Fetch, request destination). */
const KEPT: ReadonlySet<string> = new Set([
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

/** How long the reader's own cache may keep a response (RFC 9111, section 5.2.2.1). */
const MAX_AGE = /(?:^|,)\s*max-age\s*=/i;

/**
 * Have browsers revalidate what does not state how long it may be cached.
 *
 * Chromium guesses from the time of the last change (RFC 9111, section 4.2.2):
 * it keeps last month's style sheet for three days, even if a cell has changed
 * it since and the panel is reloaded. It does not keep what scripts fetch, and
 * they see the headers.
 */
export function cacheControl(
  response: Response,
  { request }: IContext
): Response {
  const { headers } = response;
  if (
    KEPT.has(request.destination) &&
    headers.has('last-modified') &&
    !headers.has('expires') &&
    !MAX_AGE.test(headers.get('cache-control') ?? '')
  ) {
    headers.append('cache-control', 'no-cache');
  }
  return response;
}
