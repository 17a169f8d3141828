/** Shared by the specs of event handlers: a browser with kernels that serve apps. */

import type { FromKernel, FromWorker, IRequest } from '../../protocol';
import { appLock, joinHeaders, requestsChannel, VERSION } from '../../protocol';
import { handleFetch } from '../handleFetch';

export const SITE = 'https://example.org/demo/';

type Granted = () => unknown;

interface IHeld {
  readonly name: string;
  readonly mode: LockMode;
  readonly clientId: string;
}

/** The part of Web Locks that we use; exclusive locks are granted at once. */
class FakeLocks {
  held: IHeld[] = [];

  /** The locks that clients queue for. */
  pending: IHeld[] = [];

  /** Let a client hold a lock. */
  hold(name: string, clientId: string, mode: LockMode = 'exclusive'): void {
    this.held.push({ name, mode, clientId });
  }

  async request(
    name: string,
    ...rest: [Granted] | [LockOptions, Granted]
  ): Promise<unknown> {
    const granted = rest.at(-1) as Granted;
    if (rest.length === 1) {
      this.hold(name, 'worker');
    } else {
      await new Promise<void>(resolve => this._waiting.set(name, resolve));
    }
    return granted();
  }

  release(name: string, clientId: string): void {
    this.held = this.held.filter(
      lock => lock.name !== name || lock.clientId !== clientId
    );
    this._waiting.get(name)?.();
    this._waiting.delete(name);
  }

  private readonly _waiting = new Map<string, () => void>();

  async query() {
    return { held: this.held, pending: this.pending };
  }
}

export const locks = new FakeLocks();

/** The open channels. */
export const channels = new Set<BroadcastChannel>();

/** Node's channel, listed in `channels` while it is open. */
class TrackedChannel extends BroadcastChannel {
  constructor(name: string) {
    super(name);
    channels.add(this);
  }

  override close(): void {
    super.close();
    channels.delete(this);
  }
}

/** The URLs of the pages and workers that the browser knows, by client id. */
export const clients = new Map<string, string>();

async function findClient(id: string): Promise<{ url: string } | undefined> {
  const url = clients.get(id);
  return url === undefined ? undefined : { url };
}

const kernels: Kernel[] = [];

/** A kernel that serves an app, as far as a worker sees it. */
export class Kernel {
  /**
   * @param answer - the body of its responses; null to send none
   * @param terms - its protocol version, and its timeout in seconds
   */
  constructor(
    name: string,
    answer: string | null,
    [protocol, seconds]: readonly [number, number] = [VERSION, 60]
  ) {
    this._appLock = appLock('/demo/', name);
    this._terms = `jupyterlite-asgi /demo/ terms ${name} ${protocol} ${seconds}`;
    locks.hold(this._appLock, this.clientId);
    locks.hold(this._terms, this.clientId);
    this._channel = new BroadcastChannel(requestsChannel('/demo/', name));
    this._channel.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      this.received.push(data);
      this._setReceived();
      if (answer !== null && data.v === protocol) {
        this.respond(answer, { v: VERSION + 1 });
        this.respond(answer);
      }
    };
    kernels.push(this);
  }

  /** All messages, whether readable or not. */
  readonly received: FromWorker[] = [];

  /** The first request. */
  get request(): IRequest {
    return this.received[0] as IRequest;
  }

  /** Resolves once `count` messages have arrived. */
  async until(count: number): Promise<void> {
    while (this.received.length < count) {
      await new Promise<void>(resolve => {
        this._setReceived = resolve;
      });
    }
  }

  /** Respond to the first request. */
  respond(chunk: string, { v = VERSION, more = false } = {}): void {
    this._say({
      v,
      type: 'response',
      id: this.request.id,
      status: 201,
      headers: joinHeaders([['content-type', 'text/plain']]),
      chunk: new TextEncoder().encode(chunk),
      more
    });
  }

  /** End the response to the first request. */
  finish(chunk: string): void {
    this._say({
      v: VERSION,
      type: 'response-body',
      id: this.request.id,
      chunk: new TextEncoder().encode(chunk),
      more: false
    });
  }

  /** Another kernel takes the name, and this one is too busy to notice. */
  loseName(): void {
    locks.release(this._appLock, this.clientId);
  }

  stop(): void {
    this.loseName();
    locks.release(this._terms, this.clientId);
    this._channel.close();
  }

  private _say(message: FromKernel): void {
    const replies = new BroadcastChannel(this.request.reply);
    replies.postMessage(message);
    replies.close();
  }

  readonly clientId = crypto.randomUUID();
  private readonly _appLock: string;
  private readonly _terms: string;
  private readonly _channel: BroadcastChannel;
  private _setReceived: () => void = () => undefined;
}

/** Let the build publish apps, by name, with their titles. */
export function publish(titles: Readonly<Record<string, string>>): void {
  const entries = Object.entries(titles).map(([name, title]) => [
    name,
    { title }
  ]);
  Object.assign(globalThis, {
    jupyterliteAsgiPublished: Object.fromEntries(entries) as object
  });
}

/** Let the runtime store responses, by their URLs relative to the site. */
export function store(responses: Readonly<Record<string, Response>>): void {
  const match = async (
    url: string,
    { cacheName }: MultiCacheQueryOptions = {}
  ) =>
    cacheName === 'jupyterlite-asgi /demo/ apps' && url.startsWith(SITE)
      ? responses[url.slice(SITE.length)]
      : undefined;
  define('caches', { match });
}

interface IHandled {
  readonly ours: boolean;
  readonly stopped: boolean;
  readonly response: Promise<Response> | null;
}

/** Handle a `fetch` event. */
export function handle(
  path: string,
  init?: Pick<Partial<FetchEvent>, 'clientId' | 'resultingClientId'>,
  destination: RequestDestination = '',
  method = 'GET',
  mode: RequestMode = 'cors',
  headers: Readonly<Record<string, string>> = {}
): IHandled {
  let response: Promise<Response> | null = null;
  let stopped = false;
  const event = {
    clientId: '',
    resultingClientId: '',
    ...init,
    request: Object.defineProperties(
      new Request(new URL(path, SITE), { method, headers }),
      { destination: { value: destination }, mode: { value: mode } }
    ),
    respondWith: (given: Response | Promise<Response>) => {
      response = Promise.resolve(given);
    },
    stopImmediatePropagation: () => {
      stopped = true;
    }
  };
  const ours = handleFetch(event as unknown as FetchEvent);
  return { ours, stopped, response };
}

/** The worker's registration; tests set newer workers. */
export const registration = {
  scope: SITE,
  installing: null as object | null,
  waiting: null as object | null
};

/** Give each test its own site. */
export function useSite(): void {
  beforeAll(() => {
    define('self', {
      registration,
      clients: { get: findClient, matchAll: async () => [] },
      skipWaiting: async () => undefined
    });
    define('navigator', { locks, userAgent: 'a browser', languages: ['en'] });
    define('BroadcastChannel', TrackedChannel);
  });

  afterEach(() => {
    kernels.splice(0).forEach(kernel => kernel.stop());
    clients.clear();
    Object.assign(registration, { installing: null, waiting: null });
  });

  afterAll(() => {
    channels.forEach(channel => channel.close());
  });
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
