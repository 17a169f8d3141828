import type { Download } from './downloads';
import type { Rewrite } from './rewrite';

/** As far as we use the Navigation API (WHATWG HTML), which TypeScript does not know. */
interface INavigateEvent extends Event {
  readonly navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  readonly destination: {
    readonly url: string;
    readonly sameDocument: boolean;
    getState(): unknown;
  };
  /** Of a form that is posted. */
  readonly formData: FormData | null;
  /** The name of the file that a link asks for, empty if it gives none; null if it asks for no file. */
  readonly downloadRequest?: string | null;
}

interface INavigateOptions {
  readonly history: 'push' | 'replace';
  readonly state: unknown;
}

/** A page's `navigation`. */
export interface INavigation extends EventTarget {
  navigate(
    url: string,
    options: INavigateOptions
  ): Record<'committed' | 'finished', Promise<unknown>>;
}

/**
 * Rewrite the navigations that nothing else has rewritten: a script's assignment to
 * `location`, a refresh, a click that a page kept to itself.
 *
 * A posted form cannot be sent anew from here: its submit is rewritten.
 *
 * @param navigation - the page's, where the browser has one
 * @param download - takes a download or leaves it to the browser
 */
export function rewriteNavigations(
  navigation: INavigation | undefined,
  rewrite: Rewrite,
  download: Download
): void {
  navigation?.addEventListener('navigate', given => {
    const event = given as INavigateEvent;
    const { destination, navigationType: history, downloadRequest } = event;
    if (!event.cancelable || destination.sameDocument) {
      return;
    }
    const rewritten = rewrite(destination.url);
    if (typeof downloadRequest === 'string') {
      if (download(rewritten ?? destination.url, downloadRequest)) {
        event.preventDefault();
      }
      return;
    }
    const isNew = history === 'push' || history === 'replace';
    if (rewritten !== null && isNew && event.formData === null) {
      event.preventDefault();
      goInstead(navigation, rewritten, {
        history,
        state: destination.getState()
      });
    }
  });
}

function goInstead(
  navigation: INavigation,
  url: string,
  options: INavigateOptions
): void {
  const { committed, finished } = navigation.navigate(url, options);
  // Unheard, their failure would be one of the page's.
  committed.catch(() => undefined);
  finished.catch(() => undefined);
}
