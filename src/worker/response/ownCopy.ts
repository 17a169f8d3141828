/** Headers that describe what a host sent, but not the body that `fetch` decoded. */
const OF_TRANSFER = ['content-encoding', 'content-length'];

/**
 * A copy of a host's response, whose headers can be changed, and which a navigation
 * accepts although the host has redirected the request (WHATWG Fetch, section 4.6).
 */
export function ownCopy(response: Response): Response {
  const copy = new Response(response.body, response);
  OF_TRANSFER.forEach(name => copy.headers.delete(name));
  return copy;
}
