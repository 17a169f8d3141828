import { leadBack } from '../../mount';
import type { IPage } from '../config';
import { listenToNews, postWrite } from './channels';
import { readTold } from './cookie';
import { deleteCookieStore } from './cookieStore';
import { replaceDocumentCookie } from './document';
import { isCrossSite } from './embedded';
import { replaceFetch } from './fetch';
import { Jar } from './jar';
import { Requests } from './cookieSync';
import { replaceXhr } from './xhr';

/**
 * Give the page's scripts the cookies of the app, in place of those of the site.
 *
 * @throws TypeError, where the worker told nothing of them, or the browser
 *   lacks what is to be replaced
 */
export function installCookies({ mount, cookies }: IPage): void {
  deleteCookieStore(window);
  const { location, origin } = window;
  if (origin === 'null') {
    return; // sandboxed: such a page has no cookies, and reaches no app
  }
  const told = readTold(cookies);
  if (told === null) {
    throw new TypeError(`there is no news in ${cookies}`);
  }
  const crossSite = isCrossSite(window);
  const jar = new Jar({
    root: mount.root.slice(0, -1),
    place: () => {
      const url = new URL(location.href);
      return { url: leadBack(url, origin, mount) ?? url, crossSite };
    },
    post: write => postWrite(mount, write)
  });
  jar.take(told);
  replaceDocumentCookie(Document.prototype, document, jar);
  const requests = new Requests(jar, origin, mount);
  replaceFetch(window, requests);
  replaceXhr(window, requests);
  listenToNews(window, mount, jar);
}
