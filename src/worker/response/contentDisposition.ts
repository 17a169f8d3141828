import { filenameIn } from '../../filename';
import type { IContext } from './context';

/**
 * Give a download the name that it would have from a server (RFC 6266).
 *
 * From a server Chromium reads a name in UTF-8, from a service worker it takes
 * each byte for a character. So a name that is not ASCII is repeated in an
 * encoding that states its charset (RFC 8187).
 */
export function contentDisposition(
  response: Response,
  { request }: IContext
): Response {
  const { headers } = response;
  const given = headers.get('content-disposition');
  // A script reads what the app wrote.
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
