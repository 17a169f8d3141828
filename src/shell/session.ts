/** One life of the page, from its start, or its return from the back-forward cache, to its end. */

import { Bar, notebookLink } from './bar';
import type { IManifest } from '../published';
import { button } from './elements';
import { asFault } from './fault';
import { failure, notice } from './failure';
import { announceSeen, untilIdle, untilNeeded } from './idle';
import { loadManifest } from './manifest';
import { findServer, owning, untilReleased, untilServedBy } from './owner';
import type { Place } from './page';
import { registerWorker } from './registration';
import { runApp, type IObserver } from './runtime';
import type { Screen } from './screen';
import { takeSlot } from './slots';
import { first, untilTime } from './until';

/** Milliseconds that a notebook may take to serve its app again. */
const GRACE = 1000;

/** How many of the app's last lines to show if it does not start. */
const LINES = 1000;

/** Why this page runs no runtime: a notebook serves the app, or too many run. */
type Ending = 'lost' | 'full';

export class Session {
  private readonly _log: string[] = [];
  private readonly _bar = new Bar();
  /** Whether the reader has asked for one more runtime than there should be. */
  private _isAsked = false;
  /** The manifest, which is loaded while the service worker is registered. */
  private _early: Promise<IManifest> | null = null;
  /** Whether the last start has failed, or what is stored is damaged. */
  private _isRetry: boolean;

  constructor(
    private readonly _place: Place,
    private readonly _screen: Screen,
    private readonly _show: () => void
  ) {
    this._isRetry = _place.isRenewed;
  }

  /** Have the app served, here or elsewhere; rejects when `signal` is aborted. */
  async run(signal: AbortSignal): Promise<never> {
    this._isAsked = false;
    this._screen.dismiss();
    this._bar.hide();
    announceSeen(this._place, signal).catch(() => undefined); // the signal ends it
    for (;;) {
      try {
        this._early = this._load(signal);
        this._early.catch(() => undefined); // whoever needs it hears of it
        await registerWorker(this._place, navigator.serviceWorker);
        signal.throwIfAborted();
        if ((await findServer(this._place)) === 'notebook') {
          await this._besideNotebook(signal);
        } else if ((await this._serve(signal)) === 'full') {
          await this._ask(signal);
        }
      } catch (error) {
        signal.throwIfAborted();
        this._isRetry = true;
        const told = failure(asFault(error), this._log);
        this._screen.tell(told, true);
        await this._clickedOrServed(told.clicked, signal);
        this._log.length = 0;
      }
      signal.throwIfAborted();
    }
  }

  /** Queue for the runtime, showing the app meanwhile if another page's runtime serves it. */
  private async _serve(signal: AbortSignal): Promise<Ending> {
    const watching = new AbortController();
    const owned = owning(this._place, signal, () => {
      watching.abort();
      return this._own(signal);
    });
    untilServedBy(this._place, ['runtime', 'notebook'], watching.signal).then(
      () => this._served(),
      () => undefined
    );
    return owned.finally(() => watching.abort());
  }

  private async _own(signal: AbortSignal): Promise<Ending> {
    for (;;) {
      if ((await findServer(this._place)) === 'notebook') {
        return 'lost';
      }
      const release = await takeSlot();
      if (release === null && !this._isAsked) {
        return 'full';
      }
      const ending = await this._start(signal).finally(() => release?.());
      this._isAsked = false;
      if (ending === 'lost') {
        return ending;
      }
      await untilNeeded(this._place, signal);
    }
  }

  /** Start the runtime, again if the reader asks for it while it hangs, and wait for its end. */
  private async _start(signal: AbortSignal): Promise<'lost' | 'idle'> {
    this._screen.starting();
    const manifest = await (this._early ?? this._load(signal));
    this._early = null;
    for (;;) {
      const ending = await first<'lost' | 'idle' | 'retry'>(signal, signal =>
        this._run(manifest, signal)
      );
      this._screen.dismiss();
      if (ending !== 'retry') {
        return ending;
      }
    }
  }

  /** Run the app until a notebook has taken it over, nobody uses it, or it is to start again. */
  private _run(
    manifest: IManifest,
    signal: AbortSignal
  ): Promise<'lost' | 'idle' | 'retry'> {
    return new Promise((resolve, reject) => {
      const observer: IObserver = {
        progress: progress => {
          this._screen.dismiss();
          this._screen.progress.show(progress);
        },
        log: text => this._print(text),
        stalled: () => this._offerRetry().then(() => resolve('retry'), reject),
        ready: (_ready, ask) => {
          this._isRetry = false;
          this._served();
          untilIdle(this._place, ask, signal).then(
            () => resolve('idle'),
            reject
          );
        }
      };
      const order = { manifest, reload: this._isRetry };
      runApp(this._place, order, observer, signal).then(
        () => resolve('lost'),
        reject
      );
    });
  }

  /** Print a line of the app where developers look for it, and keep it in case the start fails. */
  private _print(text: string): void {
    this._log.push(text);
    this._log.splice(0, this._log.length - LINES);
    console.info(text); // eslint-disable-line no-console -- the app's own output
  }

  private async _offerRetry(): Promise<void> {
    const told = notice(
      'Nothing has happened for half a minute: the network or this device may be slow. ' +
        'Wait, or try again.',
      'Retry'
    );
    this._screen.tell(told, false);
    await told.clicked;
  }

  private _load(signal: AbortSignal): Promise<IManifest> {
    return loadManifest(this._place, {
      caches,
      fetch: (url, init) => fetch(url, { ...init, signal })
    });
  }

  private _served(): void {
    this._early = null; // there may be a new one when the app starts here
    this._screen.started();
    this._bar.hide();
    this._show();
  }

  private async _ask(signal: AbortSignal): Promise<void> {
    const told = notice(
      'Two apps already run in this browser, and each takes memory.',
      'Start this one'
    );
    this._screen.tell(told, true);
    this._isAsked = await this._clickedOrServed(told.clicked, signal);
  }

  /** Whether the reader has clicked, before somebody served the app. */
  private async _clickedOrServed(
    clicked: Promise<void>,
    signal: AbortSignal
  ): Promise<boolean> {
    return first<boolean>(
      signal,
      () => clicked.then(() => true),
      signal =>
        untilServedBy(this._place, ['runtime', 'notebook'], signal).then(
          () => false
        )
    ).finally(() => this._screen.dismiss());
  }

  private async _besideNotebook(signal: AbortSignal): Promise<void> {
    this._served();
    const { isEmbedded, site } = this._place;
    if (!isEmbedded) {
      const link = await this._load(signal).then(
        manifest => notebookLink(site, manifest),
        () => null
      );
      this._bar.show('A notebook serves this app in this browser.', link);
    }
    await untilReleased(this._place, signal);
    await untilTime(GRACE, signal);
    if (isEmbedded || (await findServer(this._place)) !== 'none') {
      return;
    }
    const back = button('Back to the published app');
    this._bar.show('The notebook has stopped serving this app.', back.node);
    await this._clickedOrServed(back.clicked, signal);
    this._bar.hide();
  }
}
