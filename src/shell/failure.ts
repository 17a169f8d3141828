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

/** A sentence, the traceback, what was logged, and a button. */
export function failure(
  { sentence, detail }: Fault,
  log: readonly string[]
): INotice {
  const { node, clicked } = button('Retry');
  const section = element('section', { tabIndex: -1 });
  section.setAttribute('role', 'alert');
  section.append(element('p', {}, sentence), node);
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

/** Text that the keyboard can scroll. */
function scrollable(text: string): HTMLElement {
  return element('pre', { tabIndex: 0, textContent: text });
}
