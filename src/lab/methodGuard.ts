/** Keeps apps from moving or closing the lab's window by methods, which no event announces. */

import { replaceMethod } from '../client/replace';
import { keepTraversals, type ITraversed } from '../client/urls/traversal';
import { PREFIX } from '../mount';
import { caller } from './initiator';

/**
 * Let an app that calls `top.history.back()` and its like move only its own frame, and
 * `top.close()` do nothing. Pages without the page script are kept in their frames, too,
 * once they are loaded.
 *
 * @param site - the URL of the site
 */
export function guardMethods(
  window: Window & typeof globalThis,
  site: string
): void {
  for (const name of ['back', 'forward', 'go'] as const) {
    replaceMethod(window.History.prototype, name, (native, args) => {
      const history = caller(window, site)?.contentWindow?.history;
      return history === undefined
        ? native(args)
        : Reflect.apply(history[name], history, args);
    });
  }
  replaceMethod(window, 'close', (native, args) =>
    caller(window, site) ? undefined : native(args)
  );
  const keep = ({ target }: Event) => {
    const isApp =
      target instanceof window.HTMLIFrameElement &&
      target.src.startsWith(site + PREFIX) &&
      target.contentDocument !== null;
    if (isApp) {
      const page = target.contentWindow as Window & typeof globalThis;
      keepTraversals(
        page.History.prototype,
        page as unknown as ITraversed,
        new URL(site).pathname
      );
    }
  };
  // The event does not bubble.
  window.document.addEventListener('load', keep, { capture: true });
}
