/** Milliseconds that an answer may take. */
const TIMEOUT = 300;

/**
 * Post `report` to `url` and wait for the answer, in a worker whose event loop does not
 * run: only a synchronous request works there.
 *
 * @returns the answer, JSON; empty if there is none
 */
export function ask(url: string, report: string): string {
  const request = new XMLHttpRequest();
  try {
    request.open('POST', url, false);
    request.timeout = TIMEOUT;
    request.send(report);
  } catch {
    return ''; // too late, or offline
  }
  const type = request.getResponseHeader('content-type');
  return request.status === 200 && type === 'application/json'
    ? request.responseText
    : ''; // there is no worker, or not ours
}
