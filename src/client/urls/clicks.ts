import { replaceMethod } from '../replace';
import { setTemporarily, type HasAttributes } from './attributes';
import type { Rewrite } from './rewrite';

/** `<a>` and `<area>`, of HTML or SVG. */
type Link = HasAttributes &
  Pick<HTMLAnchorElement, 'localName'> & {
    readonly href: string | { readonly baseVal: string };
  };

/**
 * Rewrite links when they are clicked, with any button or key.
 *
 * A plain click is rewritten only after the page has left it to the browser, because
 * a page's router compares the URLs of links. A click that opens elsewhere, which no
 * router handles, is rewritten before, because the page may stop the event.
 */
export function rewriteClicks(target: EventTarget, rewrite: Rewrite): void {
  for (const type of ['click', 'auxclick', 'contextmenu']) {
    target.addEventListener(
      type,
      event => {
        const link = linkOf(event);
        if (link !== null && opensElsewhere(event as MouseEvent, link)) {
          rewriteLink(link, rewrite);
        }
      },
      true
    );
    target.addEventListener(type, event => {
      const link = event.defaultPrevented ? null : linkOf(event);
      if (link !== null) {
        rewriteLink(link, rewrite);
      }
    });
  }
}

/**
 * Rewrite links that a script clicks without adding them to the page, so that no
 * event reaches us: many scripts start downloads this way.
 */
export function rewriteClickMethod(
  prototype: Pick<HTMLElement, 'click'>,
  rewrite: Rewrite
): void {
  replaceMethod(prototype, 'click', (native, args, self) => {
    const link = self as Partial<HTMLAnchorElement>;
    if (isLink(link) && link.isConnected === false) {
      rewriteLink(link, rewrite);
    }
    return native(args);
  });
}

function linkOf(event: Event): Link | null {
  return (event.composedPath() as Partial<Link>[]).find(isLink) ?? null;
}

function isLink<T extends Partial<Link>>(target: T): target is T & Link {
  return (
    (target.localName === 'a' || target.localName === 'area') &&
    target.href !== undefined
  );
}

function opensElsewhere(event: MouseEvent, link: Link): boolean {
  return (
    event.type !== 'click' ||
    event.ctrlKey ||
    event.metaKey ||
    event.shiftKey ||
    !['', '_self', null].includes(link.getAttribute('target'))
  );
}

function rewriteLink(link: Link, rewrite: Rewrite): void {
  const href = typeof link.href === 'string' ? link.href : link.href.baseVal;
  const rewritten = rewrite(href);
  if (rewritten !== null) {
    setTemporarily(link, 'href', rewritten);
  }
}
