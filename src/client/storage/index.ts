import type { IMount } from '../../mount';
import { Natives, keysOf } from './area';
import { takeOver, watchFrames, watchTakeOver } from './frames';
import { Views } from './views';
import { replaceStorage, type Global } from './window';

/**
 * Give the page's scripts a `localStorage` and a `sessionStorage` of the app's own.
 *
 * @returns empties both, unless that was done for a response of that time
 */
export function installStorage({ root }: IMount): (time: number) => void {
  takeOver(window);
  // Chromium alone has `userAgentData`.
  const replaceable = 'userAgentData' in navigator;
  const natives = new Natives(Storage.prototype);
  const views = new Views(keysOf(root), natives, replaceable);
  const install = (page: Global, isOurs: () => boolean) => {
    replaceStorage(page, views, isOurs);
    watchFrames(page, isOurs, frame =>
      install(frame, watchTakeOver(frame, root))
    );
  };
  install(window, () => true);
  return time => {
    try {
      for (const view of [localStorage, sessionStorage]) {
        views.areaOf(view)?.clearOnce(time);
      }
    } catch {
      // The page has no storage.
    }
  };
}
