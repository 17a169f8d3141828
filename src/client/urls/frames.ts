import type { Lead } from './rewrite';

const FRAMES = 'iframe[src], frame[src]';

/**
 * Lead the frames of a page, or of a shadow tree in it, on a site below its
 * origin's root, where they would not reach the service worker.
 *
 * The browser may have asked the site's host in vain by then; what it loads is
 * the app's.
 */
export function leadFrames(tree: Document | ShadowRoot, lead: Lead): void {
  const leadFrame = (frame: Element) => {
    const src = frame.getAttribute('src') ?? '';
    const led = src === '' ? null : lead(src);
    if (led !== null) {
      frame.setAttribute('src', led);
    }
  };
  new MutationObserver(records => {
    for (const { type, target, addedNodes } of records) {
      for (const node of type === 'attributes' ? [target] : addedNodes) {
        if (node instanceof Element) {
          framesIn(node).forEach(leadFrame);
        }
      }
    }
  }).observe(tree, {
    attributeFilter: ['src'],
    childList: true,
    subtree: true
  });
}

function framesIn(element: Element): Element[] {
  const frames = [...element.querySelectorAll(FRAMES)];
  return element.matches(FRAMES) ? [element, ...frames] : frames;
}

/**
 * Bring frames back that have got out of the app all the same, as they do at the
 * origin's root from a page that sends no referrer.
 *
 * @param tree - the page's document, or a shadow tree, which keeps the event to itself
 */
export function bringFramesBack(tree: EventTarget, lead: Lead): void {
  tree.addEventListener(
    'load',
    ({ target }) => {
      const place = placeOf(target as Partial<HTMLIFrameElement>);
      const led = place === null ? null : lead(place.href);
      if (led !== null) {
        place?.replace(led);
      }
    },
    true
  );
}

/** Where a frame is; null if it is none, or one of another origin. */
function placeOf({ contentWindow }: Partial<HTMLIFrameElement>) {
  try {
    const place = contentWindow?.location;
    return place?.href === undefined ? null : place;
  } catch {
    return null;
  }
}
