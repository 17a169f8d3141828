import type { IMount } from '../../mount';
import { leadClickMethod, leadClicks } from './clicks';
import { downloadFrom } from './downloads';
import { leadForms, leadSubmit } from './forms';
import { bringFramesBack, leadFrames } from './frames';
import { leadHistory } from './history';
import { leadFrom } from './rewrite';
import type { INavigation } from './navigations';
import { leadNavigations } from './navigations';
import { leadOpening } from './opening';
import { keepServiceWorker } from './serviceWorkers';
import { eachShadow } from './shadowRoots';

/** Lead what a page says of its origin's root back into its app, mounted at `mount`. */
export function installLinks(mount: IMount): void {
  const lead = leadFrom(mount, document, location.origin);
  const { navigation } = window as { navigation?: INavigation };
  leadNavigations(navigation, lead, downloadFrom(mount, window));
  leadClicks(window, lead);
  leadClickMethod(HTMLElement.prototype, lead);
  leadSubmit(HTMLFormElement.prototype, lead);
  leadHistory(History.prototype, lead);
  leadOpening(window, lead);
  keepServiceWorker(window);

  leadForms(window, lead);
  const installTree = (tree: Document | ShadowRoot) => {
    bringFramesBack(tree, lead);
    // At its origin's root the site's service worker sees frames.
    if (mount.base !== '/') {
      leadFrames(tree, lead);
    }
  };
  installTree(document);
  eachShadow(Element.prototype, root => {
    leadForms(root, lead);
    installTree(root);
  });
}
