/** The slim bar above an app that a notebook serves or has served. */

import type { IManifest } from '../published';
import { element } from './elements';

export class Bar {
  private readonly _bar = element('div', { id: 'bar', hidden: true });
  /** What the reader has closed, and need not read again. */
  private _closed = '';

  constructor() {
    this._bar.setAttribute('role', 'status');
    document.body.prepend(this._bar);
  }

  /** @param more - a link or a button */
  show(sentence: string, more: Node | null): void {
    const close = element(
      'button',
      { type: 'button', className: 'close' },
      '×'
    );
    close.setAttribute('aria-label', 'Close');
    close.addEventListener('click', () => {
      this._closed = sentence;
      this.hide();
    });
    const parts = [element('span', {}, sentence), more, close];
    this._bar.replaceChildren(...parts.filter(part => part !== null));
    this._bar.hidden = sentence === this._closed;
  }

  hide(): void {
    this._bar.hidden = true;
  }
}

/** A link to the app's notebook in JupyterLab; null if the site has none. */
export function notebookLink(
  site: string,
  { notebook }: Pick<IManifest, 'notebook'>
): HTMLAnchorElement | null {
  return notebook === ''
    ? null
    : element(
        'a',
        {
          href: site + notebook,
          target: '_blank'
        },
        'Open the notebook'
      );
}
