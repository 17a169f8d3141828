import { addPrefix } from '../../mount';
import type { IPageConfig } from '../config';
import { listenForSnapshots, postWrite } from './channels';
import { readSnapshot } from './cookie';
import { deleteCookieStore } from './cookieStore';
import { replaceDocumentCookie } from './document';
import { isCrossSite } from './embedded';
import { replaceFetch } from './fetch';
import { Jar } from './jar';
import { CookieSync } from './cookieSync';
import { replaceXhr } from './xhr';

/**
 * Give the page's scripts the cookies of the app, in place of those of the site.
 *
 * @throws TypeError, if the service worker sent no snapshot, or the browser
 *   lacks what is to be replaced
 */
export function installCookies({ mount, cookies }: IPageConfig): void {
  deleteCookieStore(window);
  const { location, origin } = window;
  if (origin === 'null') {
    return; // sandboxed: such a page has no cookies, and reaches no app
  }
  const snapshot = readSnapshot(cookies);
  if (snapshot === null) {
    throw new TypeError(`there is no snapshot in ${cookies}`);
  }
  const crossSite = isCrossSite(window);
  const jar = new Jar({
    root: mount.root.slice(0, -1),
    place: () => {
      const url = new URL(location.href);
      return { url: addPrefix(url, origin, mount) ?? url, crossSite };
    },
    post: write => postWrite(mount, write)
  });
  jar.take(snapshot);
  replaceDocumentCookie(Document.prototype, document, jar);
  const requests = new CookieSync(jar, origin, mount);
  replaceFetch(window, requests);
  replaceXhr(window, requests);
  listenForSnapshots(window, mount, jar);
}
