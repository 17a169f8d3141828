/** Ids and interfaces shared by the extension's modules; no side effects. */

import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { AppEvent } from '../events';

/** Ids of commands, added once the page is restored; their argument `url` is an app's URL. */
export const COMMANDS = {
  open: 'jupyterlite-asgi:open',
  openInTab: 'jupyterlite-asgi:open-in-tab',
  interrupt: 'jupyterlite-asgi:interrupt',
  reload: 'jupyterlite-asgi:reload'
};

export type AppState = 'starting' | 'running' | 'failed' | 'stopped' | 'taken';

/** An app that a notebook or console of this page serves, or has served. */
export interface IApp {
  readonly name: string;
  /** The app's URL, ending with a slash. */
  readonly url: string;
  /** The id of the notebook or console that serves it. */
  readonly widget: string;
  readonly state: AppState;
  /** Emitted after each event of the app, when `state` is up to date. */
  readonly changed: ISignal<IApp, AppEvent>;
}

/** The apps of the page, one per URL. */
export interface IAppManager {
  /** In the order in which they were first served. */
  readonly apps: readonly IApp[];
  /** Emitted after each event of an app, and after the app's own signal. */
  readonly changed: ISignal<IAppManager, IAppChange>;

  /** The app at `url`, if there is one. */
  get(url: string): IApp | undefined;

  /**
   * Apply an event. Ignores events of unknown apps and of apps that another widget now serves,
   * except `starting`, `served` and `failed`.
   *
   * @param widget - the id of the notebook or console whose kernel sent the event
   */
  handle(event: AppEvent, widget: string): void;
}

export interface IAppChange {
  readonly app: IApp;
  readonly event: AppEvent;
}

export const IAppManager = new Token<IAppManager>(
  'jupyterlite-asgi:IAppManager',
  'The ASGI apps that the notebooks and consoles of this page serve.'
);
