import { filenameIn } from '../../filename';
import type { IContext } from './context';

/**
 * Let a download have the name that it would have without us (RFC 6266).
 *
 * Of a server Chromium reads a name in UTF-8, of a service worker it takes each
 * byte for a character. So what is not ASCII is said once more, in the encoding
 * that says what it is (RFC 8187).
 *
 * @param headers - the app's; changed in place
 */
export function nameDownload(headers: Headers, { request }: IContext): void {
  const given = headers.get('content-disposition');
  // A script reads what the app wrote.
  if (given === null || request.mode !== 'navigate') {
    return;
  }
  const { plain, extended } = filenameIn(given);
  if (plain !== null && extended === null && /[^ -~]/.test(plain)) {
    headers.set('content-disposition', `${given}; ${extend(plain)}`);
  }
}

function extend(name: string): string {
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  );
  return `filename*=UTF-8''${encoded}`;
}
