/** The screen before the app, which the page itself shows first. */

import { element } from './elements';
import type { INotice } from './failure';
import { Progress } from './progress';
import { STYLES } from './styles';

export class Screen {
  private readonly _screen: HTMLElement;
  private readonly _progress: HTMLElement;
  private readonly _light = element('div', { id: 'light', hidden: true });
  private _notice: HTMLElement | null = null;
  /** Whether the app is behind the screen. */
  private _hasApp = false;

  readonly progress: Progress;

  constructor() {
    document.head.append(element('style', {}, STYLES));
    this._screen = document.getElementById('screen')!;
    this._progress = document.getElementById('start')!;
    this.progress = new Progress(document.getElementById('status')!);
    this._light.setAttribute('role', 'status');
    document.body.append(this._light);
  }

  /** Show the app, behind what was told. */
  reveal(): void {
    this._hasApp = true;
    this._screen.hidden = this._notice === null;
  }

  /** The runtime starts, perhaps once more. */
  starting(): void {
    this.dismiss();
    this.progress.reset();
    this._light.textContent = this._hasApp ? 'Restarting…' : '';
    this._light.hidden = !this._hasApp;
  }

  started(): void {
    this.dismiss();
    this._light.hidden = true;
  }

  /** Show a sentence in place of the progress, or below it. */
  tell({ node }: INotice, isFinal: boolean): void {
    this.dismiss();
    this._notice = node;
    this._progress.classList.toggle('ended', isFinal);
    this._progress.after(node);
    this._light.hidden = true;
    this._screen.hidden = false;
    if (isFinal) {
      node.focus();
    }
  }

  /** Remove what was told. */
  dismiss(): void {
    this._notice?.remove();
    this._notice = null;
    this._progress.classList.remove('ended');
    this._screen.hidden = this._hasApp;
  }
}
