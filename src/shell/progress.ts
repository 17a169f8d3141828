/** Shows how far the start of the app is. */

import type { IProgress, Stage } from '../published';
import { element } from './elements';

/** What each stage is called. */
const STAGES: Readonly<Record<Stage, string>> = {
  download: 'Loading…',
  python: 'Starting Python…',
  import: 'Loading the app…',
  startup: 'Starting the app…'
};

/** Such as `3.1 of 7.9 MB`; empty if nothing is downloaded. */
export function bytesText(loaded: number, total: number): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return total > 0
    ? `${megabytes(Math.min(loaded, total))} of ${megabytes(total)} MB`
    : '';
}

export class Progress {
  /** The words of the stage, which are read aloud, unlike the bytes. */
  private readonly _stage: HTMLElement;
  private readonly _done = element('div', {});
  private readonly _bar = element('div', { id: 'progress' }, this._done);
  private readonly _bytes = element('div', { id: 'bytes' });

  constructor(stage: HTMLElement) {
    this._stage = stage;
    stage.setAttribute('aria-live', 'polite');
    this._bar.setAttribute('role', 'progressbar');
    this._bar.setAttribute('aria-label', 'Start of the app');
    this._bar.setAttribute('aria-valuemin', '0');
    this._bar.setAttribute('aria-valuemax', '100');
    stage.after(this._bar, this._bytes);
  }

  show({ stage, loaded, total }: IProgress): void {
    const isDownload = stage === 'download' && total > 0;
    this.say(STAGES[stage]);
    this._bytes.textContent = isDownload ? bytesText(loaded, total) : '';
    this._bar.classList.toggle('busy', !isDownload);
    if (isDownload) {
      const percent = Math.min(100, Math.round((100 * loaded) / total));
      this._done.style.width = `${percent}%`;
      this._bar.setAttribute('aria-valuenow', String(percent));
      this._bar.setAttribute('aria-valuetext', bytesText(loaded, total));
    } else {
      // How long a stage takes is not known; the bar stays where the download has led it.
      this._done.style.width = '100%';
      this._bar.removeAttribute('aria-valuenow');
      this._bar.setAttribute('aria-valuetext', STAGES[stage]);
    }
  }

  /** Say what is being waited for, such as another tab. */
  say(text: string): void {
    if (this._stage.textContent !== text) {
      this._stage.textContent = text;
    }
  }

  /** Begin anew. */
  reset(): void {
    this.show({ type: 'progress', stage: 'download', loaded: 0, total: 0 });
    this._done.style.width = '0';
  }
}
