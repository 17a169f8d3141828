import { splitHeaders, type IResponse } from '../../protocol';

/** Statuses whose responses have no body (WHATWG Fetch, null body status). */
const NULL_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/**
 * The response to a request with `method`.
 *
 * @throws RangeError or TypeError if the browser does not take its status or headers
 */
export function responseOf(
  { status, headers, reason }: IResponse,
  method: string,
  stream: ReadableStream<Uint8Array>
): Response {
  const body = NULL_BODY.has(status) || method === 'HEAD' ? null : stream;
  const response = new Response(body, { status, statusText: reason ?? '' });
  for (const [name, value] of splitHeaders(headers)) {
    response.headers.append(name, value);
  }
  return response;
}

export function isEventStream({ headers }: Response): boolean {
  return /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
}
