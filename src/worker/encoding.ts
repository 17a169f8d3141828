import type { IAsked } from './asked';
import { inflate } from './inflate';
import type { Format } from './inflator';
import { page, reply } from './pages';

/** How to undo a coding by what browsers offer (Compression Streams). */
const FORMATS: Readonly<Partial<Record<string, Format>>> = {
  deflate: 'deflate',
  gzip: 'gzip',
  'x-gzip': 'gzip'
};

/** What browsers undo when a server sends it, and offer to nobody. */
const BEYOND_US: ReadonlySet<string> = new Set(['br', 'zstd']);

/**
 * Undo the codings of a body (RFC 9110, section 8.4), which browsers do for what
 * a server sends and not for what a service worker makes.
 *
 * As in browsers, a body in a coding that nobody knows is handed on as it is.
 *
 * @param response - the app's
 * @returns one with a plain body, or a page that says why there is none
 */
export function decode(response: Response, { request }: IAsked): Response {
  const codings = codingsOf(response.headers);
  const { body, status } = response;
  if (body === null || codings.length === 0) {
    return response;
  }
  const beyond = codings.find(coding => BEYOND_US.has(coding));
  if (beyond !== undefined) {
    void body.cancel();
    return reply(refusal(beyond), request);
  }
  const formats = codings.map(coding => FORMATS[coding]);
  if (!formats.every(format => format !== undefined)) {
    return response;
  }
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.delete('content-length'); // the length of what was packed
  // The coding that was applied last is named last.
  return new Response(formats.reduceRight(inflate, body), { status, headers });
}

function codingsOf(headers: Headers): string[] {
  return (headers.get('content-encoding') ?? '')
    .split(',')
    .map(coding => coding.trim().toLowerCase())
    .filter(coding => coding !== '' && coding !== 'identity');
}

function refusal(coding: string): Response {
  return page(
    502,
    'The app sent a body that cannot be read here',
    `It compressed the body with ${coding}, though the request asks for none, ` +
      'and browsers let no service worker undo that: leave the compression ' +
      'out, for nothing of this goes over a network.'
  );
}
