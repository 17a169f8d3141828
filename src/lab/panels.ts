import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Place } from '../events';
import { PACKAGE } from '../protocol';
import { AppPanel } from './appPanel';
import { COMMANDS, type IApp } from './tokens';

export { addCommands } from './commands'; // in the same chunk
export { noticeFailures } from './failures';
export { offerRemedies } from './remedies';

/** Adds a panel to the application; `beside` is the id of a widget, or empty. */
export type AddPanel = (panel: AppPanel, beside: string) => void;

/** The panels of the page, at most one per app. */
export class Panels {
  /** @param _add - null if the application has no place for panels */
  constructor(
    private readonly _add: AddPanel | null,
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {}

  /** The open panel of the app at `url`, if any. */
  get(url: string): AppPanel | undefined {
    return this._panels.get(url);
  }

  /** Show an app in the requested place; if the browser blocks its tab, offer a button. */
  show(app: IApp, place: Place): void {
    const { name, url } = app;
    if (place === 'panel') {
      this.open(app);
    } else if (
      place === 'tab' &&
      window.open(url, `${PACKAGE}-${name}`) === null
    ) {
      this._offerTab(
        app,
        this._trans.__('The browser blocked the tab of %1.', name)
      );
    }
  }

  /** Open the panel of an app, unless it is already open. */
  open(app: IApp): void {
    const { name, url } = app;
    if (this._panels.has(url)) {
      return;
    }
    if (this._add === null) {
      this._offerTab(app, this._trans.__('%1 is served at %2', name, url));
      return;
    }
    const panel = new AppPanel(app, this._commands, this._trans);
    const neighbour = [...this._panels.values()].find(other => other.isVisible);
    this._panels.set(url, panel);
    panel.disposed.connect(() => this._panels.delete(url));
    this._add(panel, neighbour?.id ?? app.widget);
  }

  private _offerTab({ name, url }: IApp, message: string): void {
    Notification.info(message, {
      autoClose: false,
      actions: [
        {
          label: this._trans.__('Open %1', name),
          callback: () =>
            void this._commands.execute(COMMANDS.openInTab, { url })
        }
      ]
    });
  }

  private readonly _panels = new Map<string, AppPanel>();
}
