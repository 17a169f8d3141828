/**
 * Keeps the address of the shell's page that of the app's page in the frame, and each
 * page of the app in the shell's own history.
 *
 * Entries of a frame's history are lost when the page around it is reloaded. Therefore a
 * navigation of the frame that would add one replaces the frame's page instead, and the
 * shell adds an entry of its own once the new page is there; a download never is. When
 * the reader goes back or forward, the shell replaces the frame's page. Fragments and
 * `pushState` keep the frame's own entries, and only the address follows.
 *
 * The shell cannot post a form in place of the frame. So the service worker keeps the
 * response from the frame, and the shell replaces the frame's page by it.
 */

import { AGREED, type IPosted } from '../published';
import { Forms } from './forms';
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

/**
 * What to do with a navigation of the frame: nothing, take it over, wait for the response
 * to a form, or leave the app.
 */
export type Decision = 'pass' | 'push' | 'post' | 'leave';

/** What the shell keeps with an entry of its history. */
interface IState {
  /** Where the reader was in the page. */
  readonly scroll?: readonly [number, number];
  /**
   * Whether the page is the app's answer to a form at the same address, as if that has
   * errors. The next page takes the place of this one, which could not be shown again.
   */
  readonly isAnswer?: boolean;
}

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
    typeof event.downloadRequest === 'string' ||
    !/^https?:/.test(destination.url)
  ) {
    return 'pass';
  }
  if (!place.leadsToApp(destination.url)) {
    return event.formData === null ? 'leave' : 'pass';
  }
  if (navigationType === 'replace' || place.isEmbedded) {
    return 'pass';
  }
  return event.formData === null ? 'push' : 'post';
}

export class FrameHistory {
  /** The address of the frame's next page, if that is a new entry of the shell's history. */
  private _pushed: string | null = null;
  private readonly _forms: Forms;
  /** The response to a form, which the frame gets next. */
  private _posted: IPosted | null = null;
  /** Where to scroll the next page, which the reader has seen before. */
  private _scroll: readonly [number, number] | null = null;

  constructor(
    private readonly _frame: HTMLIFrameElement,
    private readonly _place: Place
  ) {
    this._forms = new Forms(_place, posted => this._show(posted));
    if (!_place.isEmbedded) {
      addEventListener('popstate', event => this._traverse(event.state));
      navigator.serviceWorker.addEventListener('message', this._forms);
    }
  }

  /** A new document is in the frame. */
  attach(shown: FrameWindow): void {
    const mirror = () => this._mirror(shown);
    this._commit(shown.location.href);
    mirror();
    shown.addEventListener('hashchange', mirror);
    shown.addEventListener('popstate', mirror);
    if (shown.navigation === undefined) {
      followCalls(shown.history, mirror);
      return;
    }
    shown.navigation.addEventListener('currententrychange', () => {
      this._forms.doubt();
      mirror();
    });
    shown.navigation.addEventListener('navigate', event =>
      this._navigate(event as INavigateEvent, shown)
    );
  }

  /** The frame shows a document that this page may not read, such as a PDF in Firefox. */
  hidden(): void {
    this._commit(this._pushed ?? '');
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
    if (isOfDocument(event)) {
      this._pushed = null;
      this._forms.forget();
      this._posted = this._posted?.url === url ? this._posted : null;
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
      this._pushed = url; // after the event of this replacement
    } else if (decision === 'post') {
      this._forms.note(event);
    }
  }

  /** Show the response to the form. */
  private _show(posted: IPosted): void {
    const { url, form } = posted;
    const shown = this._frame.contentWindow;
    if (!this._place.leadsToApp(url)) {
      location.assign(url);
    } else if (shown !== null) {
      this._posted = posted;
      shown.dispatchEvent(new Event(AGREED)); // when the form was posted
      shown.location.replace(url);
      this._pushed = this._place.inApp(form);
    }
  }

  /** A new document is in the frame. */
  private _commit(href: string): void {
    const posted = this._posted;
    const isNew = this._pushed !== null;
    this._posted = null;
    this._pushed = null;
    if (isNew && this._place.has(href)) {
      this._enter(href, posted);
    }
  }

  /**
   * Give a new page its entry, which a link to the same address does not have.
   *
   * @param posted - the form that led there, if one did
   */
  private _enter(href: string, posted: IPosted | null): void {
    const isSame = href === location.href;
    if (isSame && posted === null) {
      return;
    }
    const state: IState = { isAnswer: isSame && posted?.isPage === true };
    if (stateOf(history.state).isAnswer === true) {
      history.replaceState(state, '', href);
    } else {
      history.pushState(state, '', href);
    }
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
    this._scroll = stateOf(state).scroll ?? null;
    this._frame.contentWindow?.location.replace(location.href);
  }

  /** Remember where the reader is, before the page is replaced. */
  leave(shown: FrameWindow): void {
    if (this._pushed !== null) {
      const scroll = [shown.scrollX, shown.scrollY] as const;
      const state: IState = { ...stateOf(history.state), scroll };
      history.replaceState(state, '');
    }
  }
}

function stateOf(state: unknown): IState {
  return Object(state) as IState;
}

/** Whether the frame's document is replaced by another, unless a script prevents it. */
function isOfDocument(event: INavigateEvent): boolean {
  return (
    !event.destination.sameDocument &&
    !event.defaultPrevented &&
    typeof event.downloadRequest !== 'string' &&
    /^https?:/.test(event.destination.url)
  );
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
