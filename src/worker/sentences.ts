/**
 * What pages say of the app's side. A published app has no kernel and no notebook that its
 * users know of; even if a notebook serves it, “the page that runs it” is true.
 */

import { titleOf } from './published/apps';

/** Who is busy, or responds, at the beginning of a sentence. */
export function subjectOf(app: string): string {
  return titleOf(app) ?? `The kernel of ${app}`;
}

/** How to end what cannot be interrupted, besides waiting. */
export function restartOf(app: string): string {
  return titleOf(app) === null
    ? 'restart the kernel'
    : 'reload the page that runs it';
}

/**
 * The app's kernel is gone.
 *
 * @param then - what follows when the app is served again
 */
export function goneSentence(app: string, then: string): string {
  const title = titleOf(app);
  return title === null
    ? `The kernel that served ${app} is gone: it crashed, was restarted or ` +
        `shut down, or its page was closed. Run the notebook again, ${then}.`
    : `The page that ran ${title} was closed or reloaded, or Python in it has crashed: ` +
        'check whether this request had an effect before you send it again.';
}

/** The app's kernel speaks another version of the protocol. */
export function outdatedSentence(app: string): string {
  const title = titleOf(app);
  return title === null
    ? `The site was updated after the notebook of ${app} was opened: ` +
        'save the notebook, reload its page and run it again.'
    : `The site was updated after the page that runs ${title} was opened: ` +
        'reload that page.';
}
