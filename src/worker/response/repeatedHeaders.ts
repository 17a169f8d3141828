/** Headers that are no lists: joined, their values would mean something else. */
const SINGLE: ReadonlySet<string> = new Set([
  'content-disposition',
  'content-type',
  'location'
]);

/**
 * Join the values of each header that comes several times (RFC 9110, section 5.3).
 *
 * Chromium would pass only the first of them to the page.
 */
export function repeatedHeaders(response: Response): Response {
  const { headers } = response;
  // An iteration yields joined values.
  for (const [name, value] of [...headers]) {
    if (!SINGLE.has(name)) {
      headers.set(name, value);
    }
  }
  return response;
}
