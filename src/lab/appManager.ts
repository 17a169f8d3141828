import { Signal } from '@lumino/signaling';

import type { AppEvent } from '../events';
import type { AppState, IApp, IAppChange, IAppManager } from './tokens';

/** Keeps a model of each app on the page, updated by its events. */
export class AppManager implements IAppManager {
  readonly changed: Signal<IAppManager, IAppChange> = new Signal(this);

  get apps(): readonly IApp[] {
    return [...this._apps.values()];
  }

  get(url: string): IApp | undefined {
    return this._apps.get(url);
  }

  handle(event: AppEvent, widget: string): void {
    const { type, name, url } = event;
    let app = this._apps.get(url);
    if (type === 'starting' || type === 'served' || type === 'failed') {
      app ??= new App(name, url);
      app.widget = widget;
      this._apps.set(url, app);
    } else if (app?.widget !== widget) {
      return;
    }
    if (type !== 'request-finished') {
      app.state = type === 'served' ? 'running' : type;
    }
    app.changed.emit(event);
    this.changed.emit({ app, event });
  }

  private readonly _apps = new Map<string, App>();
}

class App implements IApp {
  constructor(
    readonly name: string,
    readonly url: string
  ) {}

  widget = '';
  state: AppState = 'stopped';
  readonly changed: Signal<IApp, AppEvent> = new Signal(this);
}
