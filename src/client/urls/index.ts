import type { IMount } from '../../mount';
import { onAttachShadow } from '../shadowRoots';
import { rewriteClickMethod, rewriteClicks } from './clicks';
import { downloadFrom } from './downloads';
import { rewriteForms, rewriteSubmit } from './forms';
import { returnFrames, rewriteFrames } from './frames';
import { rewriteHistory } from './history';
import { rewriterFor } from './rewrite';
import { rewriteNavigations, type INavigation } from './navigations';
import { rewriteOpening } from './opening';
import { keepServiceWorker } from './serviceWorkers';
import { fillSandboxedFrames } from './sandboxedFrames';
import { keepTraversals, type ITraversed } from './traversal';

/** Keep a page's root-relative URLs, such as `/about`, inside the app mounted at `mount`. */
export function installUrls(mount: IMount): void {
  const rewrite = rewriterFor(mount, document, location.origin);
  const { navigation } = window as { navigation?: INavigation };
  rewriteNavigations(navigation, rewrite, downloadFrom(mount, window));
  rewriteClicks(window, rewrite);
  rewriteClickMethod(HTMLElement.prototype, rewrite);
  rewriteSubmit(HTMLFormElement.prototype, rewrite);
  rewriteHistory(History.prototype, rewrite, document);
  keepTraversals(History.prototype, window as ITraversed, mount.base);
  rewriteOpening(window, rewrite);
  keepServiceWorker(
    ServiceWorkerContainer.prototype,
    ServiceWorkerRegistration.prototype
  );

  rewriteForms(window, rewrite);
  const installTree = (tree: Document | ShadowRoot) => {
    returnFrames(tree, rewrite);
    fillSandboxedFrames(tree, rewrite, {
      base: mount.base,
      origin: location.origin
    });
    // At the origin's root, the site's service worker sees frames' requests.
    if (mount.base !== '/') {
      rewriteFrames(tree, rewrite);
    }
  };
  installTree(document);
  onAttachShadow(Element.prototype, root => {
    rewriteForms(root, rewrite);
    installTree(root);
  });
}
