/** Milliseconds that an answer may take. */
const TIMEOUT = 300;

/** In place of an answer, if there is no worker or not ours. */
const NOBODY = 'null';

/**
 * Post `report` to `url` and wait for the answer, in a worker whose event loop does not
 * run: only a synchronous request works there.
 *
 * @returns the answer, JSON; `null` if nobody is there, empty if it takes too long
 */
export function ask(url: string, report: string): string {
  const request = new XMLHttpRequest();
  try {
    request.open('POST', url, false);
    request.timeout = TIMEOUT;
    request.send(report);
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? '' : NOBODY;
  }
  const type = request.getResponseHeader('content-type');
  return request.status === 200 && type === 'application/json'
    ? request.responseText
    : NOBODY;
}
