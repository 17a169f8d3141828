import { replaceAttribute } from '../replace';
import { serialize } from './cookie';
import type { Jar } from './jar';

/**
 * Make `document.cookie` access the app's cookies (WHATWG HTML, section 3.1.4).
 *
 * All other documents have none: browsers give none to documents without a window,
 * and a frame in which no page script has run would see the site's.
 */
export function replaceDocumentCookie(
  owner: Document,
  document: Document,
  jar: Jar
): void {
  replaceAttribute(owner, 'cookie', {
    get: (native, args, self) => {
      if (self === document) {
        return jar.visible().map(serialize).join('; ');
      }
      native(args); // throws if `self` is not a document
      return '';
    },
    set: (_, [value], self) => {
      const text = `${value as string}`;
      if (self === document) {
        jar.write(text);
      }
    }
  });
}
