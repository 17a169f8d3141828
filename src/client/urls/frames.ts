import type { Rewrite } from './rewrite';

const FRAMES = 'iframe[src], frame[src]';

/**
 * Rewrite the frames of a page, or of a shadow tree in it, on a site below its
 * origin's root, where they would not reach the service worker.
 *
 * The browser may have asked the site's host in vain by then; what it loads is
 * the app's.
 */
export function rewriteFrames(
  tree: Document | ShadowRoot,
  rewrite: Rewrite
): void {
  const rewriteFrame = (frame: Element) => {
    const src = frame.getAttribute('src') ?? '';
    const rewritten = src === '' ? null : rewrite(src);
    if (rewritten !== null) {
      frame.setAttribute('src', rewritten);
    }
  };
  new MutationObserver(records => {
    for (const { type, target, addedNodes } of records) {
      for (const node of type === 'attributes' ? [target] : addedNodes) {
        if (node instanceof Element) {
          framesIn(node).forEach(rewriteFrame);
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
 * Return frames to the app that have left it all the same, as they do at the
 * origin's root from a page that sends no referrer.
 *
 * @param tree - the page's document, or a shadow tree, which keeps the event to itself
 */
export function returnFrames(tree: EventTarget, rewrite: Rewrite): void {
  tree.addEventListener(
    'load',
    ({ target }) => {
      const place = placeOf(target as Partial<HTMLIFrameElement>);
      const rewritten = place === null ? null : rewrite(place.href);
      if (rewritten !== null) {
        place?.replace(rewritten);
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
