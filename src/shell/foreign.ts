/** Pages of other origins that show this one in a frame. */

import { foreignLock } from '../protocol';
import type { Place } from './page';

/** A window, as far as pages of other origins may read it. */
export interface IFramedWindow {
  readonly parent: IFramedWindow;
  readonly location: Pick<Location, 'origin'>;
}

/** Whether a page of another origin is among those that `view` is shown in. */
export function isInForeignPage(view: IFramedWindow): boolean {
  const { origin } = view.location;
  for (let page = view; page !== page.parent;) {
    page = page.parent;
    if (originOf(page) !== origin) {
      return true;
    }
  }
  return false;
}

/** The origin of the page in `view`; null if it is not that of this page. */
function originOf(view: IFramedWindow): string | null {
  try {
    return view.location.origin;
  } catch {
    return null;
  }
}

/**
 * Have the worker keep what the app forbids other sites, as long as this page lives: it
 * cannot see itself in whose page a frame is.
 */
export async function keepFramingHeaders(
  { base, name }: Pick<Place, 'base' | 'name'>,
  locks: Pick<LockManager, 'request'> = navigator.locks
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const hold = () => {
      resolve();
      return new Promise<never>(() => {});
    };
    locks
      .request(foreignLock(base, name), { mode: 'shared' }, hold)
      .catch(reject);
  });
}

/**
 * Reload the page in `view`. In a page of another origin the request has no referrer
 * then: the site's own would let the worker take the frame for one of the site.
 */
export function reload(view: Window & typeof globalThis): void {
  const { document, location } = view;
  if (!isInForeignPage(view)) {
    location.reload();
    return;
  }
  const meta = document.createElement('meta');
  Object.assign(meta, { name: 'referrer', content: 'no-referrer' });
  document.head.append(meta);
  const url = new URL(location.href);
  url.hash = ''; // with it, the browser would only scroll
  location.replace(url);
}
