import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { PACKAGE } from '../protocol';
import type { IServedApp } from './tokens';
import { AppPanel } from './panel';

/** Puts a panel into the application; `beside` is the id of a widget, or empty. */
export type AddPanel = (panel: AppPanel, beside: string) => void;

/** The panels of the page: one for each served app. */
export class Panels {
  /**
   * @param add - puts a panel beside its notebook; null where there is no room
   */
  constructor(add: AddPanel | null, trans: TranslationBundle) {
    this._add = add;
    this._trans = trans;
  }

  /** Show `app` where it asks to be; load what shows it already again. */
  show(app: IServedApp, beside: string): void {
    this._panels.get(app.url)?.reload();
    if (app.state !== 'running') {
      return;
    }
    if (app.open === 'tab') {
      this.openTab(app.name, app.url);
    } else if (app.open === 'panel') {
      this.openPanel(app.name, app.url, beside);
    }
  }

  /** Open the panel of an app, unless it is open. */
  openPanel(name: string, url: string, beside: string): void {
    if (this._panels.has(url)) {
      return;
    }
    if (this._add === null) {
      this._offerTab(
        name,
        url,
        this._trans.__('%1 is served at %2', name, url)
      );
      return;
    }
    const panel = new AppPanel(name, url, this._trans);
    const neighbour = [...this._panels.values()].find(other => other.isVisible);
    this._panels.set(url, panel);
    panel.disposed.connect(() => this._panels.delete(url));
    this._add(panel, neighbour?.id ?? beside);
  }

  /** Open an app in a tab of its own; offer a button where the browser forbids. */
  openTab(name: string, url: string): void {
    if (window.open(url, `${PACKAGE}-${name}`) === null) {
      this._offerTab(
        name,
        url,
        this._trans.__('The browser blocked the tab of %1.', name)
      );
    }
  }

  /** The app is stopped: its panel shows what the site says of that. */
  stopped(url: string): void {
    this._panels.get(url)?.reload();
  }

  /** Another notebook has taken the app's name: its panel says so. */
  taken(url: string): void {
    this._panels
      .get(url)
      ?.tell(
        this._trans.__(
          'Another notebook serves an app under this name: to take it back, serve yours with --replace.'
        )
      );
  }

  private _offerTab(name: string, url: string, message: string): void {
    Notification.info(message, {
      autoClose: false,
      actions: [
        {
          label: this._trans.__('Open %1', name),
          callback: () => window.open(url, '_blank')
        }
      ]
    });
  }

  private readonly _add: AddPanel | null;
  private readonly _trans: TranslationBundle;
  private readonly _panels = new Map<string, AppPanel>();
}
