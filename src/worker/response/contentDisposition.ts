import { filenameIn } from '../../filename';
import type { IContext } from './context';

/**
 * Give a download the name that it would have from a server (RFC 6266).
 *
 * Chromium decodes a server's name as UTF-8, but a service worker's as ISO-8859-1. So a
 * non-ASCII name is repeated in the encoding that states its charset (RFC 8187).
 */
export function contentDisposition(
  response: Response,
  { request }: IContext
): Response {
  const { headers } = response;
  const given = headers.get('content-disposition');
  // Scripts see the app's original header.
  if (given === null || request.mode !== 'navigate') {
    return response;
  }
  const { plain, extended } = filenameIn(given);
  if (plain !== null && extended === null && /[^ -~]/.test(plain)) {
    headers.set('content-disposition', `${given}; ${extend(plain)}`);
  }
  return response;
}

function extend(name: string): string {
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  );
  return `filename*=UTF-8''${encoded}`;
}
