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
    const rewritten = rewrite(frame.getAttribute('src') ?? '');
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
      try {
        const { contentWindow } = target as Partial<HTMLIFrameElement>;
        const rewritten = rewrite(contentWindow?.location.href ?? '');
        if (rewritten !== null) {
          contentWindow?.location.replace(rewritten);
        }
      } catch {
        // The frame is cross-origin.
      }
    },
    true
  );
}
