/**
 * Keeps the address of the shell's page that of the app's page in the frame, and each
 * page of the app in the shell's own history.
 *
 * Entries of a frame's history are lost when the page around it is reloaded. Therefore a
 * navigation of the frame that would add one replaces the frame's page instead, and the
 * shell adds an entry of its own once the new page is there; a download never is. When
 * the reader goes back or forward, the shell replaces the frame's page. Posted forms,
 * fragments and `pushState` keep the frame's own entries, and only the address follows.
 */

import type { Place } from './page';

/** The part of the Navigation API (WHATWG HTML) that we use; TypeScript does not declare it. */
export interface INavigateEvent extends Event {
  readonly navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  readonly destination: {
    readonly url: string;
    readonly sameDocument: boolean;
  };
  readonly formData: FormData | null;
  readonly downloadRequest?: string | null;
}

export type FrameWindow = Window &
  typeof globalThis & { readonly navigation?: EventTarget };

/** What to do with a navigation of the frame: nothing, take it over, or leave the app. */
export type Decision = 'pass' | 'push' | 'leave';

export function decide(
  event: INavigateEvent,
  place: Pick<Place, 'leadsToApp' | 'isEmbedded'>
): Decision {
  const { cancelable, destination, navigationType } = event;
  const isNew = navigationType === 'push' || navigationType === 'replace';
  if (
    !isNew ||
    !cancelable ||
    event.defaultPrevented || // the page's script leads it elsewhere
    destination.sameDocument ||
    event.formData !== null ||
    typeof event.downloadRequest === 'string' ||
    !/^https?:/.test(destination.url)
  ) {
    return 'pass';
  }
  if (!place.leadsToApp(destination.url)) {
    return 'leave';
  }
  return navigationType === 'push' && !place.isEmbedded ? 'push' : 'pass';
}

export class FrameHistory {
  /** Whether the frame's next page is a new entry of the shell's history. */
  private _isPush = false;
  /** Where to scroll the next page, which the reader has seen before. */
  private _scroll: readonly [number, number] | null = null;

  constructor(
    private readonly _frame: HTMLIFrameElement,
    private readonly _place: Place
  ) {
    if (!_place.isEmbedded) {
      addEventListener('popstate', event => this._traverse(event.state));
    }
  }

  /** A new document is in the frame. */
  attach(shown: FrameWindow): void {
    const mirror = () => this._mirror(shown);
    this._commit(shown);
    shown.addEventListener('hashchange', mirror);
    shown.addEventListener('popstate', mirror);
    if (shown.navigation === undefined) {
      followCalls(shown.history, mirror);
      return;
    }
    shown.navigation.addEventListener('currententrychange', mirror);
    shown.navigation.addEventListener('navigate', event =>
      this._navigate(event as INavigateEvent, shown)
    );
  }

  /** The document has been loaded. */
  loaded(shown: FrameWindow): void {
    this._mirror(shown);
    if (this._scroll !== null) {
      shown.scrollTo(...this._scroll);
      this._scroll = null;
    }
  }

  private _navigate(event: INavigateEvent, shown: FrameWindow): void {
    const decision = decide(event, this._place);
    const { url } = event.destination;
    if (!event.destination.sameDocument && !event.defaultPrevented) {
      this._isPush = false;
    }
    if (decision === 'leave') {
      event.preventDefault();
      if (this._place.isEmbedded) {
        open(url, '_blank', 'noopener');
      } else {
        location.assign(url);
      }
    } else if (decision === 'push') {
      event.preventDefault();
      shown.location.replace(url);
      this._isPush = true; // after the event of this replacement
    }
  }

  private _commit(shown: FrameWindow): void {
    if (this._isPush && !this._place.isEmbedded) {
      this._isPush = false;
      const { href } = shown.location;
      if (this._place.has(href) && href !== location.href) {
        history.pushState(null, '', href);
      }
    }
    this._mirror(shown);
  }

  private _mirror(shown: FrameWindow): void {
    const { href } = shown.location;
    if (
      !this._place.isEmbedded &&
      this._place.has(href) &&
      href !== location.href
    ) {
      history.replaceState(history.state, '', href);
    }
  }

  private _traverse(state: unknown): void {
    const shown = this._frame.contentWindow;
    if (shown !== null && shown.location.href !== location.href) {
      const { scroll } = Object(state) as { scroll?: [number, number] };
      this._scroll = scroll ?? null;
      shown.location.replace(location.href);
    }
  }

  /** Remember where the reader is, before the page is replaced. */
  leave(shown: FrameWindow): void {
    if (this._isPush && !this._place.isEmbedded) {
      const scroll = [shown.scrollX, shown.scrollY];
      history.replaceState({ scroll }, '');
    }
  }
}

/** Without the Navigation API: notice what the page's scripts do to its history. */
function followCalls(history: History, mirror: () => void): void {
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (this: History, ...given) {
      original.apply(this, given);
      mirror();
    };
  }
}
