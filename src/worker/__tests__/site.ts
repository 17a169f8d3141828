/** What the specs of the event handlers share: a browser with kernels that serve apps. */

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

/** Web Locks as far as we use them: exclusive ones are granted at once. */
class FakeLocks {
  held: IHeld[] = [];

  /** Let the client of that id hold a lock. */
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
    return { held: this.held, pending: [] };
  }
}

export const locks = new FakeLocks();

/** The channels that are open. */
export const channels = new Set<BroadcastChannel>();

/** Node's own; known as long as it is open. */
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

/** The URLs of the pages and workers that the browser knows, by its ids of them. */
export const clients = new Map<string, string>();

async function findClient(id: string): Promise<{ url: string } | undefined> {
  const url = clients.get(id);
  return url === undefined ? undefined : { url };
}

const kernels: Kernel[] = [];

/** A kernel that serves an app, as far as a worker sees it. */
export class Kernel {
  /**
   * @param answer - what it says to each request; null if it keeps silent
   * @param terms - the version that it speaks, and the seconds that it asks for
   */
  constructor(
    name: string,
    answer: string | null,
    [protocol, seconds]: readonly [number, number] = [VERSION, 60]
  ) {
    this._appLock = appLock('/demo/', name);
    this._terms = `jupyterlite-asgi /demo/ terms ${name} ${protocol} ${seconds}`;
    locks.hold(this._appLock, this._clientId);
    locks.hold(this._terms, this._clientId);
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

  /** What came, whether it can be read or not. */
  readonly received: FromWorker[] = [];

  /** Its first request. */
  get request(): IRequest {
    return this.received[0] as IRequest;
  }

  /** Resolves once so many messages came. */
  async until(count: number): Promise<void> {
    while (this.received.length < count) {
      await new Promise<void>(resolve => {
        this._setReceived = resolve;
      });
    }
  }

  /** Answer its first request. */
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

  /** End the answer to its first request. */
  finish(chunk: string): void {
    this._say({
      v: VERSION,
      type: 'response-body',
      id: this.request.id,
      chunk: new TextEncoder().encode(chunk),
      more: false
    });
  }

  /** Its name is taken, and it is too busy to notice. */
  loseName(): void {
    locks.release(this._appLock, this._clientId);
  }

  stop(): void {
    this.loseName();
    locks.release(this._terms, this._clientId);
    this._channel.close();
  }

  private _say(message: FromKernel): void {
    const replies = new BroadcastChannel(this.request.reply);
    replies.postMessage(message);
    replies.close();
  }

  private readonly _clientId = crypto.randomUUID();
  private readonly _appLock: string;
  private readonly _terms: string;
  private readonly _channel: BroadcastChannel;
  private _setReceived: () => void = () => undefined;
}

interface IHandled {
  readonly ours: boolean;
  readonly stopped: boolean;
  readonly response: Promise<Response> | null;
}

/** What becomes of a `fetch` event. */
export function handle(
  path: string,
  init?: Pick<Partial<FetchEvent>, 'clientId' | 'resultingClientId'>,
  destination: RequestDestination = '',
  method = 'GET'
): IHandled {
  let response: Promise<Response> | null = null;
  let stopped = false;
  const event = {
    clientId: '',
    resultingClientId: '',
    ...init,
    request: Object.defineProperty(
      new Request(new URL(path, SITE), { method }),
      'destination',
      { value: destination }
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

/** The worker's registration, with what is to come in it. */
export const registration = {
  scope: SITE,
  installing: null as object | null,
  waiting: null as object | null
};

/** Give each test of a spec a site of its own. */
export function useSite(): void {
  beforeAll(() => {
    define('self', {
      registration,
      clients: { get: findClient }
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
