import type { IAsked } from './adapt';
import { textOf } from './headerText';

/** The name of a file (RFC 6266, section 4.1), quoted or as a token; the star marks RFC 8187's. */
const NAME = /;\s*filename(\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/gi;

/**
 * Let a download have the name that it would have without us (RFC 6266).
 *
 * Of a server Chromium reads a name in UTF-8, of a service worker it takes each
 * byte for a character. So what is not ASCII is said once more, in the encoding
 * that says what it is (RFC 8187).
 *
 * @param headers - the app's; changed in place
 */
export function nameDownload(headers: Headers, { request }: IAsked): void {
  const given = headers.get('content-disposition');
  // A script reads what the app wrote.
  if (given === null || request.mode !== 'navigate') {
    return;
  }
  const names = [...given.matchAll(NAME)];
  const [found] = names;
  if (found === undefined || names.some(([, star]) => star === '*')) {
    return;
  }
  const [, , quoted, token] = found;
  const name = textOf(quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
  if (/[^ -~]/.test(name)) {
    headers.set('content-disposition', `${given}; ${extended(name)}`);
  }
}

function extended(name: string): string {
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  );
  return `filename*=UTF-8''${encoded}`;
}
