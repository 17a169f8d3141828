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
 * Let the page's scripts access the app's cookies instead of the site's.
 *
 * @param clearStorage - called when a snapshot says that a response cleared the storage
 * @throws TypeError if the snapshot is malformed, or the browser lacks an API
 *   that is replaced here
 */
export function installCookies(
  { mount, cookies }: IPageConfig,
  clearStorage: (time: number) => void
): void {
  deleteCookieStore(window);
  const { location, origin } = window;
  if (origin === 'null') {
    return; // sandboxed: the page has no cookies and cannot reach the app
  }
  const snapshot = readSnapshot(cookies);
  if (snapshot === null) {
    throw new TypeError(`cannot parse the cookie snapshot ${cookies}`);
  }
  const crossSite = isCrossSite(window);
  const page = () => {
    const url = new URL(location.href);
    return { url: addPrefix(url, origin, mount) ?? url, crossSite };
  };
  const jar = new Jar(
    mount.root.slice(0, -1),
    page,
    write => postWrite(mount, write),
    clearStorage
  );
  jar.take(snapshot);
  replaceDocumentCookie(Document.prototype, document, jar);
  const sync = new CookieSync(jar, origin, mount);
  replaceFetch(window, sync);
  replaceXhr(window, sync);
  listenForSnapshots(window, mount, jar);
}
