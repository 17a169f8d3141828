/** Shared by the specs of exchanges: the kernel's end of the channel, and waiting. */

import type { FromKernel, FromWorker, Unsent } from '../../protocol';
import { joinHeaders, VERSION, WINDOW } from '../../protocol';
import type { IBrowser } from '../browser';
import type { IExchangeChannel, KernelChannel } from '../kernel/kernelChannel';
import { Exchange } from '../request/exchange';

/** The properties of `navigator`, as in Firefox. */
export const BROWSER: IBrowser = {
  userAgent: 'Firefox/153.0',
  languages: ['en-US', 'en']
};

Object.defineProperty(globalThis, 'navigator', {
  value: BROWSER,
  configurable: true
});

export const APP_URL = 'https://example.org/demo/asgi/shop/';

export const CLIENT = '0b7a5d9e-6d1c-4a3e-9d0f-2f1c1f6f5a10';

type Connect = Pick<KernelChannel, 'connect'>;

/** The channel to the kernel, and the kernel at its other end. */
export class FakeReplies implements Connect, IExchangeChannel {
  readonly name = 'jupyterlite-asgi /demo/ worker 1';
  readonly sent: FromWorker[] = [];
  readonly apps: string[] = [];
  id = '';
  /** Whether this kernel grants credit at once. */
  grants = true;

  connect(
    app: string,
    id: string,
    listener: (message: FromKernel) => void
  ): this {
    this.id = id;
    this._listener = listener;
    this._app = app;
    return this;
  }

  postMessage(message: FromWorker): void {
    if (message.type === 'request' || message.type === 'ping') {
      this.apps.push(this._app);
    }
    this.sent.push(message);
    this._sent();
    if (message.type === 'request' && message.body && this.grants) {
      // As a kernel does when it receives a request.
      this.say({ type: 'request-credit', bytes: WINDOW });
    }
  }

  close(): void {
    this._listener = null;
  }

  get listening(): boolean {
    return this._listener !== null;
  }

  /** Send a message as the kernel. */
  say(message: Unsent<FromKernel>): void {
    const data = { v: VERSION, id: this.id, ...message } as FromKernel;
    this._listener?.(data);
  }

  respond(
    chunk: string,
    more: boolean,
    status = 200,
    type = 'text/plain'
  ): void {
    const headers = joinHeaders([['content-type', type]]);
    this.say({ type: 'response', status, headers, chunk: bytes(chunk), more });
  }

  /** Resolves once `count` messages were sent. */
  async until(count: number): Promise<void> {
    while (this.sent.length < count) {
      await new Promise<void>(resolve => {
        this._sent = resolve;
      });
    }
  }

  /** The types of the sent messages. */
  get types(): string[] {
    return this.sent.map(message => message.type);
  }

  private _app = '';
  private _listener: ((message: FromKernel) => void) | null = null;
  private _sent: () => void = () => undefined;
}

export interface IOpened {
  readonly request: Request;
  readonly replies: FakeReplies;
  readonly exchange: Exchange;
  readonly response: Promise<Response>;
}

const opened: Exchange[] = [];

/** Run an exchange for a new request. */
export function open(
  init?: RequestInit,
  url = APP_URL,
  client = CLIENT
): IOpened {
  return run(new Request(url, init), new FakeReplies(), client);
}

/** Run an exchange for an existing request. */
export function run(
  request: Request,
  replies = new FakeReplies(),
  client = CLIENT
): IOpened {
  const exchange = new Exchange(
    request,
    '/demo/',
    new URL(request.url),
    'shop',
    replies,
    client
  );
  opened.push(exchange);
  return { request, replies, exchange, response: exchange.run() };
}

/** End the exchanges that a test leaves open, and their timers. */
export function endOpened(): void {
  opened.splice(0).forEach(exchange => exchange.settle(new Response()));
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(chunk: Uint8Array | undefined): string {
  return new TextDecoder().decode(chunk);
}

/** Let all pending callbacks run. */
export function turn(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve);
  });
}

/** Returns a function that tells whether `promise` is settled. */
export function watch(promise: Promise<unknown>): () => boolean {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  return () => settled;
}
