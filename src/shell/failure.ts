/** What the start screen shows when the app did not start, or must be asked for. */

import { button, element } from './elements';
import type { Fault } from './fault';

export interface INotice {
  readonly node: HTMLElement;
  /** The reader has clicked its button. */
  readonly clicked: Promise<void>;
}

/** A sentence with a button. */
export function notice(sentence: string, label: string): INotice {
  const { node, clicked } = button(label);
  const section = element('section', {}, element('p', {}, sentence), node);
  section.setAttribute('role', 'status');
  return { node: section, clicked };
}

/**
 * A sentence, the traceback, what was logged, and a button.
 *
 * @param url - where a link leads instead of the button, in a tab of its own
 */
export function failure(
  { sentence, detail }: Fault,
  log: readonly string[],
  url: string | null = null
): INotice {
  const { node, clicked } = button('Retry');
  const section = element('section', { tabIndex: -1 });
  section.setAttribute('role', 'alert');
  section.append(
    element('p', {}, sentence),
    url === null ? node : tabLink(url)
  );
  if (detail !== '') {
    section.append(scrollable(detail));
  }
  if (log.length > 0) {
    section.append(
      element(
        'details',
        {},
        element('summary', {}, 'Log'),
        scrollable(log.join('\n'))
      )
    );
  }
  return { node: section, clicked };
}

/** Browsers open no tab for a script that the reader's click has only caused indirectly. */
function tabLink(url: string): HTMLElement {
  const properties = { href: url, target: '_blank', className: 'button' };
  return element('a', properties, 'Open in a tab');
}

/** Text that the keyboard can scroll. */
function scrollable(text: string): HTMLElement {
  return element('pre', { tabIndex: 0, textContent: text });
}
