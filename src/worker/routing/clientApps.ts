import { appAt } from './route';

declare const self: ServiceWorkerGlobalScope;

/** Clients that are remembered: far more than pages live at a time. */
const LIMIT = 1000;

/**
 * Which apps the pages and workers of the browser belong to, by the browser's
 * ids of them.
 *
 * Nothing depends on it that it is remembered: the browser knows where each
 * client came from, but to ask takes a promise, and an event must be claimed
 * before.
 */
export class ClientApps {
  /** What is loaded from `url` becomes the client of that id. */
  note(client: string, app: string | null): void {
    this._apps.delete(client);
    this._apps.set(client, app);
    if (this._apps.size > LIMIT) {
      this._apps.delete(this._apps.keys().next().value ?? '');
    }
  }

  /** The app that a client belongs to; null if to none, undefined if it is unknown. */
  get(client: string): string | null | undefined {
    return this._apps.get(client);
  }

  /** The same as the browser tells it; what is gone, or has no URL below an app, belongs to none. */
  async find(client: string, scope: URL): Promise<string | null> {
    const url = (await self.clients.get(client))?.url;
    const app = url === undefined ? null : appAt(new URL(url), scope);
    this.note(client, app);
    return app;
  }

  private readonly _apps = new Map<string, string | null>();
}
