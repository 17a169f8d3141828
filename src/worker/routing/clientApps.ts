import { appAt } from './route';

declare const self: ServiceWorkerGlobalScope;

/** How many clients to remember: far more than exist at a time. */
const LIMIT = 1000;

/**
 * Which apps the browser's clients, its pages and workers, belong to.
 *
 * This is only a cache: the browser knows each client's URL, but looking it up is
 * asynchronous, and an event must be claimed synchronously.
 */
export class ClientApps {
  /** Remember that a client belongs to `app`, or to none. */
  note(client: string, app: string | null): void {
    this._apps.delete(client);
    this._apps.set(client, app);
    if (this._apps.size > LIMIT) {
      this._apps.delete(this._apps.keys().next().value ?? '');
    }
  }

  /** The app of a client; null if it belongs to none, undefined if unknown. */
  get(client: string): string | null | undefined {
    return this._apps.get(client);
  }

  /** Look up a client's app in the browser; null also if the client is gone. */
  async find(client: string, scope: URL): Promise<string | null> {
    const url = (await self.clients.get(client))?.url;
    const app = url === undefined ? null : appAt(new URL(url), scope);
    this.note(client, app);
    return app;
  }

  private readonly _apps = new Map<string, string | null>();
}
