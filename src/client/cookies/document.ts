import { replaceAttribute } from '../replace';
import { serialize } from './cookie';
import type { Jar } from './jar';

/**
 * Make `document.cookie` that of the app (WHATWG HTML, section 3.1.4).
 *
 * Documents that no window shows have no cookies, as in browsers; neither have
 * here those of frames whose own script has not run: they would be the site's.
 *
 * @param owner - the prototype that has the attribute
 */
export function replaceDocumentCookie(
  owner: Document,
  document: Document,
  jar: Jar
): void {
  replaceAttribute(owner, 'cookie', {
    get: (self, native) => {
      if (self === document) {
        return jar.visible().map(serialize).join('; ');
      }
      native(); // which throws if it is no document at all
      return '';
    },
    set: (self, value) => {
      const text = `${value as string}`;
      if (self === document) {
        jar.write(text);
      }
    }
  });
}
