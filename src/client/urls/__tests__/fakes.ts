/** Shared by the specs of URLs: an app's page, its elements, and their events. */

import { rewriterFor } from '../rewrite';

export const ORIGIN = 'https://example.org';
export const MOUNT = { base: '/demo/', root: '/demo/asgi/shop/' };
export const REWRITTEN = `${ORIGIN}/demo/asgi/shop/about`;

const page = { baseURI: `${ORIGIN}${MOUNT.root}list` };

export const rewrite = rewriterFor(MOUNT, page, ORIGIN);

/** For a page with `<base href="/">`, where even an empty URL is outside the app. */
export const rewriteFromRoot = rewriterFor(
  MOUNT,
  { baseURI: `${ORIGIN}/` },
  ORIGIN
);

/** An element with attributes, connected to a tree or not. */
export class FakeElement {
  constructor(
    readonly localName: string,
    attributes: Record<string, string> = {}
  ) {
    this._attributes = new Map(Object.entries(attributes));
  }

  isConnected = true;
  clicked: (string | null)[] = [];

  /** The property of an HTML link; tests override it for others. */
  get href(): unknown {
    const href = this.getAttribute('href');
    return href === null ? '' : new URL(href, page.baseURI).href;
  }

  getAttribute(name: string): string | null {
    return this._attributes.get(name) ?? null;
  }

  setAttribute(name: string, value: string): void {
    this._attributes.set(name, String(value));
  }

  removeAttribute(name: string): void {
    this._attributes.delete(name);
  }

  click(): void {
    this.clicked.push(this.getAttribute('href'));
  }

  submit(): void {
    this.clicked.push(this.getAttribute('action'));
  }

  private readonly _attributes: Map<string, string>;
}

export const asElement = (element: FakeElement) =>
  element as unknown as Element;

type Listener = (event: Event) => void;

/** A window or the root of a tree, which dispatches events to its elements. */
export class FakeTree {
  /**
   * Dispatch an event: first to capturing listeners, then to the page, then to bubbling
   * listeners if the page does not stop it.
   *
   * @param page - the page's own listener
   */
  dispatch(event: Event, target: FakeElement, page?: Listener): void {
    Object.defineProperty(event, 'target', { value: target });
    event.composedPath = () => [
      new FakeElement('b') as unknown as EventTarget,
      target as unknown as EventTarget
    ];
    this._notify(event, true);
    page?.(event);
    if (event.bubbles && !event.cancelBubble) {
      this._notify(event, false);
    }
  }

  /** Typed as an `EventTarget`, of which it implements what we use. */
  get asTarget(): EventTarget {
    return this as unknown as EventTarget;
  }

  addEventListener(type: string, listener: Listener, captures = false): void {
    this._listeners.push({ type, listener, captures });
  }

  private _notify(event: Event, captures: boolean): void {
    for (const { listener } of this._listeners.filter(
      other => other.type === event.type && other.captures === captures
    )) {
      listener(event);
    }
  }

  private readonly _listeners: {
    type: string;
    listener: Listener;
    captures: boolean;
  }[] = [];
}
