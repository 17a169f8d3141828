/** What the specs of links share: a page of an app, what stands in it, and what happens to it. */

import { rewriterFor } from '../rewrite';

export const ORIGIN = 'https://example.org';
export const MOUNT = { base: '/demo/', root: '/demo/asgi/shop/' };
export const REWRITTEN = `${ORIGIN}/demo/asgi/shop/about`;

const page = { baseURI: `${ORIGIN}${MOUNT.root}list` };

export const rewrite = rewriterFor(MOUNT, page, ORIGIN);

/** In a page with `<base href="/">`, where even an empty URL would lead elsewhere. */
export const rewriteFromRoot = rewriterFor(
  MOUNT,
  { baseURI: `${ORIGIN}/` },
  ORIGIN
);

/** An element with attributes, of a tree or of none. */
export class FakeElement {
  constructor(
    readonly localName: string,
    attributes: Record<string, string> = {}
  ) {
    this._attributes = new Map(Object.entries(attributes));
  }

  isConnected = true;
  clicked: (string | null)[] = [];

  /** That of an HTML link; others are said to have another. */
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

/** A window, or the root of a tree, in which something happens to what is in it. */
export class FakeTree {
  /**
   * Let an event take its way: who listens to this hears of it before the
   * page does, and after, if the page does not stop it.
   *
   * @param target - what it happens to
   * @param page - what a script of the page does then
   */
  happen(event: Event, target: FakeElement, page?: Listener): void {
    Object.defineProperty(event, 'target', { value: target });
    event.composedPath = () => [
      new FakeElement('b') as unknown as EventTarget,
      target as unknown as EventTarget
    ];
    this._tell(event, true);
    page?.(event);
    if (event.bubbles && !event.cancelBubble) {
      this._tell(event, false);
    }
  }

  /** As an `EventTarget`, of which it has what we use. */
  get asTarget(): EventTarget {
    return this as unknown as EventTarget;
  }

  addEventListener(type: string, listener: Listener, captures = false): void {
    this._listeners.push({ type, listener, captures });
  }

  private _tell(event: Event, captures: boolean): void {
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
