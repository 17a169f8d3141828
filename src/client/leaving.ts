import { AGREED } from '../published';

/**
 * Have pages in the frame of a published app ask their reader once whether to leave them:
 * when a form is posted, and not again when the shell shows the response. Of all handlers
 * of `beforeunload` this must be the first.
 */
export function askOnce(page: Window): void {
  if (!isInShell(page)) {
    return;
  }
  let isAgreed = false;
  page.addEventListener(AGREED, () => {
    isAgreed = true;
  });
  const answer = (event: Event) => {
    if (isAgreed) {
      isAgreed = false;
      event.stopImmediatePropagation();
    }
  };
  page.addEventListener('beforeunload', answer, { capture: true });
}

function isInShell({ parent }: Window): boolean {
  try {
    return Object.hasOwn(parent, 'jupyterliteAsgiShell');
  } catch {
    return false; // of another origin
  }
}
