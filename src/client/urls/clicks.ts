import { inPlaceOf, replaceMethod } from '../replace';
import type { HasAttributes } from './attributes';
import { lend } from './attributes';
import type { Lead } from './rewrite';

/** `<a>` and `<area>`, of HTML or SVG. */
type Link = HasAttributes &
  Pick<HTMLAnchorElement, 'localName'> & {
    readonly href: string | { readonly baseVal: string };
  };

/**
 * Lead links that are clicked, by whatever button or key.
 *
 * A page that routes by itself compares what its links say. So a plain click is
 * led when the page has seen it and left it to the browser; one that opens
 * elsewhere, which no router takes, before, for a page may stop an event on its way.
 *
 * @param target - the page's window
 */
export function leadClicks(target: EventTarget, lead: Lead): void {
  for (const type of ['click', 'auxclick', 'contextmenu']) {
    target.addEventListener(
      type,
      event => {
        const link = linkOf(event);
        if (link !== null && opensElsewhere(event as MouseEvent, link)) {
          leadLink(link, lead);
        }
      },
      true
    );
    target.addEventListener(type, event => {
      const link = event.defaultPrevented ? null : linkOf(event);
      if (link !== null) {
        leadLink(link, lead);
      }
    });
  }
}

/**
 * Lead links that a script clicks although they are not in the page, of which
 * no event tells: so many start a download.
 *
 * @param prototype - that of the page's elements
 */
export function leadClickMethod(
  prototype: Pick<HTMLElement, 'click'>,
  lead: Lead
): void {
  replaceMethod(prototype, 'click', native =>
    inPlaceOf(native, (self, args): unknown => {
      const link = self as Partial<HTMLAnchorElement>;
      if (isLink(link) && link.isConnected === false) {
        leadLink(link, lead);
      }
      return Reflect.apply(native, self, args);
    })
  );
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

function leadLink(link: Link, lead: Lead): void {
  const href = typeof link.href === 'string' ? link.href : link.href.baseVal;
  const led = href === '' ? null : lead(href);
  if (led !== null) {
    lend(link, 'href', led);
  }
}
