import type { Download } from './downloads';
import type { Rewrite } from './rewrite';

/** The part of the Navigation API (WHATWG HTML) that we use; TypeScript does not declare it. */
interface INavigateEvent extends Event {
  readonly navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  readonly destination: {
    readonly url: string;
    readonly sameDocument: boolean;
    getState(): unknown;
  };
  /** Null unless a form is posted. */
  readonly formData: FormData | null;
  /** The value of a link's `download` attribute, possibly empty; null if it has none. */
  readonly downloadRequest?: string | null;
}

/** A page's `navigation`. */
export interface INavigation extends EventTarget {
  navigate(
    url: string,
    options: { readonly history: 'push' | 'replace'; readonly state: unknown }
  ): Record<'committed' | 'finished', Promise<unknown>>;
}

/**
 * Rewrite the navigations that nothing else has rewritten: assignments to `location`,
 * refreshes, and clicks whose event the page stopped. A posted form cannot be
 * resubmitted from here; `rewriteForms` handles it.
 *
 * @param navigation - undefined if the browser lacks the API
 */
export function rewriteNavigations(
  navigation: INavigation | undefined,
  rewrite: Rewrite,
  download: Download
): void {
  navigation?.addEventListener('navigate', dispatched => {
    const event = dispatched as INavigateEvent;
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
      const { committed, finished } = navigation.navigate(rewritten, {
        history,
        state: destination.getState()
      });
      // The page must not see these as unhandled rejections.
      committed.catch(() => undefined);
      finished.catch(() => undefined);
    }
  });
}
