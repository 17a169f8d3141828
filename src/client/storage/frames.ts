import { PACKAGE } from '../../protocol';
import { replaceAttribute, replaceMethod } from '../replace';
import { onAttachShadow } from '../shadowRoots';
import type { Global } from './window';

/**
 * Call `install` with the window of each frame that a page creates without a URL of its
 * own, such as one with `srcdoc`: the page script does not run there.
 *
 * A frame begins with an empty page, whose window the browser keeps for the first page
 * that the frame loads from the same origin, so what is installed then is there when its
 * scripts run.
 *
 * @param isOurs - as in `replaceStorage`: a page that has taken over watches its own frames
 */
export function watchFrames(
  page: Global,
  isOurs: () => boolean,
  install: (window: Global) => void
): void {
  const known = new WeakSet<object>();
  const visit = (window: unknown) => {
    try {
      const frame = window as Global | null;
      if (frame === null || !isOurs() || !hasNoUrl(frame)) {
        return;
      }
      // Each page in a frame has its own `Storage`, unless it shares the window.
      if (!known.has(frame.Storage)) {
        known.add(frame.Storage);
        install(frame);
      }
    } catch {
      // The frame is cross-origin.
    }
  };
  const watch = (tree: Node, frames: () => Iterable<Element>) => {
    const visitAll = () => {
      for (const frame of frames()) {
        visit((frame as HTMLIFrameElement).contentWindow);
      }
    };
    const added = { childList: true, subtree: true };
    new MutationObserver(visitAll).observe(tree, added);
    // Comes at once if the frame has nothing to load.
    tree.addEventListener('load', visitAll, true);
  };

  const { document } = page;
  const frames = ['iframe', 'frame'].map(name =>
    document.getElementsByTagName(name)
  );
  watch(document, () => frames.flatMap(found => [...found]));
  onAttachShadow(page.Element.prototype, root =>
    watch(root, () => root.querySelectorAll('iframe'))
  );

  const { prototype } = page.HTMLIFrameElement;
  replaceAttribute(prototype, 'contentWindow', {
    get: (native, args) => {
      const window = native(args);
      visit(window);
      return window;
    }
  });
  replaceAttribute(prototype, 'contentDocument', {
    get: (native, args) => {
      const document = native(args) as Document | null;
      visit(document?.defaultView ?? null);
      return document;
    }
  });
  replaceMethod(page, 'open', (native, args) => {
    const window = native(args);
    visit(window);
    return window;
  });
}

/** Whether the window shows a page that another page has made. */
function hasNoUrl({ location }: Window): boolean {
  return location.protocol === 'about:' || location.protocol === 'blob:';
}

/** Tell what was installed in this window, when it was a frame's empty page, to end. */
export function takeOver(window: Window): void {
  window.dispatchEvent(new Event(PACKAGE));
}

/**
 * Make the function that tells whether a frame's window still shows a page of the app at
 * `root` in which no page script runs: one without a URL, or with that of the page that
 * has written it (`document.open()`).
 */
export function watchTakeOver(frame: Window, root: string): () => boolean {
  let isTakenOver = false;
  const onTakeOver = (event: Event) => {
    event.stopImmediatePropagation();
    isTakenOver = true;
  };
  frame.addEventListener(PACKAGE, onTakeOver, { capture: true, once: true });
  return () =>
    !isTakenOver &&
    (hasNoUrl(frame) || frame.location.pathname.startsWith(root));
}
