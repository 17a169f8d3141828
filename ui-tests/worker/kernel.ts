/**
 * A kernel without Python, for tests of the service worker: it sends predefined
 * responses, and records requests. Bodies and header values are text here, with
 * a character for each byte.
 */

import type { FromWorker } from '../../src/protocol';
import { appLock, PACKAGE, requestsChannel } from '../../src/protocol';
import type { IAnswer, ISeen } from './exchange';
import { Exchange } from './exchange';

const base = new URL('.', location.href).pathname;

/** A served app. */
class App {
  /** Hold the name and listen; see `Kernel.serve` in `stub.py`. */
  static async open(
    name: string,
    version: number,
    inject: boolean
  ): Promise<App> {
    const terms = `${PACKAGE} ${base} terms ${name} ${version} 60`;
    const locks = [await hold(appLock(base, name)), await hold(terms)];
    return new App(name, version, inject, locks);
  }

  private constructor(
    name: string,
    readonly version: number,
    readonly inject: boolean,
    private readonly _locks: readonly (() => void)[]
  ) {
    this.root = `${base}asgi/${name}`;
    this._channel = new BroadcastChannel(requestsChannel(base, name));
    this._channel.onmessage = ({ data }) => this._receive(data as FromWorker);
  }

  readonly root: string;

  /** The requests received, in order. */
  requests: ISeen[] = [];

  /**
   * Responses by path and query, by path, or by a prefix of a path and `*`; of
   * several responses each is sent once, and the last one repeatedly.
   */
  readonly answers = new Map<string, IAnswer[] | ((seen: ISeen) => IAnswer)>();

  released = 0;

  /** Release all waiting responses. */
  release(): void {
    this.released += 1;
    this._exchanges.forEach(exchange => exchange.wake());
  }

  answerTo(seen: ISeen): IAnswer {
    const { path, query } = seen;
    const starts = Array.from(path, (_, at) => `${path.slice(0, at)}*`);
    const key = [
      `${path}?${query}`,
      path,
      `${path}*`,
      ...starts.reverse()
    ].find(key => this.answers.has(key));
    const found = this.answers.get(key ?? '');
    if (typeof found === 'function') {
      return found(seen);
    }
    const answer = found && found.length > 1 ? found.shift() : found?.[0];
    return answer ?? { status: 404, headers: [], chunks: ['no such page'] };
  }

  /** Release the name. */
  close(): void {
    this._channel.close();
    this._locks.forEach(release => release());
  }

  private _receive(message: FromWorker): void {
    if (message.v !== this.version) {
      return;
    }
    if (message.type === 'request') {
      const exchange = new Exchange(this, message);
      this._exchanges.set(message.id, exchange);
      void exchange.run().then(() => this._exchanges.delete(message.id));
    } else if (message.type === 'ping') {
      this._exchanges.get(message.id)?.post({ type: 'pong', running: true });
    }
  }

  private readonly _channel: BroadcastChannel;
  private readonly _exchanges = new Map<string, Exchange>();
}

/** Hold a lock; return a function that releases it. */
function hold(name: string): Promise<() => void> {
  return new Promise(resolve => {
    const untilFreed = () => new Promise<void>(free => resolve(free));
    void navigator.locks.request(name, untilFreed);
  });
}

/** Register the service worker as JupyterLite does. */
async function registerWorker(): Promise<void> {
  const worker = navigator.serviceWorker;
  await worker.register('service-worker.js?enableCache=false');
  if (worker.controller === null) {
    await new Promise(resolve =>
      worker.addEventListener('controllerchange', resolve, { once: true })
    );
  }
}

const apps = new Map<string, App>();

async function serve(...options: Parameters<typeof App.open>): Promise<void> {
  apps.set(options[0], await App.open(...options));
}

void registerWorker().then(() =>
  Object.assign(window, { kernel: { apps, serve } })
);
