import type { Rewrite } from './rewrite';

const FRAMES = 'iframe[src], frame[src]';

/**
 * Rewrite the frames in a tree, on a site below its origin's root, where the service
 * worker does not see their requests. By then the browser may have sent a futile
 * request to the host.
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
 * Return frames that have left the app nevertheless, as at the origin's root from a
 * page that sends no referrer.
 *
 * @param tree - the page's document, or a shadow tree, which the event does not leave
 */
export function returnFrames(tree: EventTarget, rewrite: Rewrite): void {
  tree.addEventListener(
    'load',
    ({ target }) => {
      const location = locationOf(target as Partial<HTMLIFrameElement>);
      const rewritten = location === null ? null : rewrite(location.href);
      if (rewritten !== null) {
        location?.replace(rewritten);
      }
    },
    true
  );
}

/** A frame's location; null if it is cross-origin, or no frame. */
function locationOf({ contentWindow }: Partial<HTMLIFrameElement>) {
  try {
    const location = contentWindow?.location;
    return location?.href === undefined ? null : location;
  } catch {
    return null;
  }
}
