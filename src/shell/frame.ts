/** The frame that shows the app. */

import { element } from './elements';
import { FrameHistory, type FrameWindow } from './history';
import type { Place } from './page';
import { enablePrinting } from './printing';
import { mirrorTitle } from './title';

/** Milliseconds between two looks at a new frame, whose first document is announced by nothing. */
const PERIOD = 16;

/**
 * Show the app.
 *
 * @param shown - called when the first document is there
 */
export function showApp(place: Place, shown: () => void): void {
  const frame = element('iframe', { id: 'frame', title: place.title });
  frame.name = 'app';
  frame.allow = 'clipboard-read; clipboard-write; fullscreen';
  const history = new FrameHistory(frame, place);
  const seen = new WeakSet<Document>();
  const look = () => {
    const page = frame.contentWindow as FrameWindow | null;
    const found = frame.contentDocument; // null if the page is of another origin
    if (
      page === null ||
      found === null ||
      found.URL === 'about:blank' ||
      found.head === null ||
      seen.has(found)
    ) {
      return found;
    }
    seen.add(found);
    history.attach(page);
    mirrorTitle(found, place.title);
    enablePrinting(page, page);
    page.addEventListener('pagehide', () => {
      history.leave(page);
      watch(found);
    });
    return found;
  };
  let poll: ReturnType<typeof setInterval> | undefined;
  /** Look until there is another document than `left`. */
  const watch = (left: Document | null) => {
    clearInterval(poll);
    poll = setInterval(() => {
      const found = look();
      const isNew = found !== left && found !== null && seen.has(found);
      if (isNew && found.body !== null) {
        clearInterval(poll);
        shown();
      }
    }, PERIOD);
  };
  watch(null);
  frame.addEventListener('load', () => {
    clearInterval(poll);
    const found = look();
    shown();
    if (found === null) {
      history.hidden();
    } else if (seen.has(found)) {
      history.loaded(frame.contentWindow as FrameWindow);
    }
  });
  enablePrinting(window, () => frame.contentWindow);
  addEventListener('beforeprint', () => {
    const height = frame.contentDocument?.documentElement.scrollHeight;
    frame.style.height = height === undefined ? '' : `${height}px`;
  });
  addEventListener('afterprint', () => {
    frame.style.height = '';
  });
  frame.src = place.shown;
  document.body.append(frame);
  if (!place.isEmbedded) {
    frame.focus();
  }
}
