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
 * Have a page ask anew for what does not say how long it may be kept.
 *
 * Chromium guesses that from the time of the last change (RFC 9111, section
 * 4.2.2): a style sheet of last month's it keeps for three days, also when a
 * cell has changed it since and the panel is loaded again. What scripts fetch it
 * does not keep, and they see the headers.
 *
 * @param headers - the app's; changed in place
 */
export function forbidGuess(headers: Headers, { request }: IContext): void {
  if (
    KEPT.has(request.destination) &&
    headers.has('last-modified') &&
    !headers.has('expires') &&
    !MAX_AGE.test(headers.get('cache-control') ?? '')
  ) {
    headers.append('cache-control', 'no-cache');
  }
}
