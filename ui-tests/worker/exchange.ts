import type { FromKernel, FromWorker, IRequest } from '../../src/protocol';
import {
  CHUNK,
  COOKIES_HEADER,
  joinHeaders,
  splitHeaders,
  WINDOW
} from '../../src/protocol';

/** A request as the app received it. */
export interface ISeen {
  readonly method: string;
  readonly url: string;
  /** Below the app's root, percent-encoded. */
  readonly path: string;
  /** Without its question mark. */
  readonly query: string;
  readonly headers: [string, string][];
  body: string;
  /** The length of each part of the body, as received. */
  readonly parts: number[];
  /** Whether the client has disconnected. */
  left: boolean;
}

export interface IAnswer {
  readonly status: number;
  readonly headers: [string, string][];
  /** The body; null waits for the next `release()`. */
  readonly chunks: (string | null)[];
}

/** A message without the fields that all have. */
type Fields<M = FromKernel> = M extends FromKernel
  ? Omit<M, 'v' | 'id'>
  : never;

/** The part of an app that an exchange needs. */
interface IApp {
  /** The version of the protocol that its kernel speaks. */
  readonly version: number;
  /** Its path, without a slash at its end. */
  readonly root: string;
  /** Whether its pages get the page script. */
  readonly inject: boolean;
  readonly requests: ISeen[];
  /** How often waiting responses were released. */
  readonly released: number;
  answerTo(seen: ISeen): IAnswer;
}

const noCookies = encodeURIComponent('{"changes":0,"cookies":[]}');

/** A request and its response. */
export class Exchange {
  constructor(
    private readonly _app: IApp,
    private readonly _request: IRequest
  ) {
    this._channel = new BroadcastChannel(_request.reply);
    this._channel.onmessage = ({ data }) => this._receive(data as FromWorker);
    const { pathname, search } = new URL(_request.url);
    const headers = splitHeaders(_request.headers);
    this._isPage = headers.some(
      pair => `${pair}` === 'sec-fetch-mode,navigate'
    );
    this._seen = {
      method: _request.method,
      url: _request.url,
      path: pathname.slice(_app.root.length),
      query: search.slice(1),
      headers: headers.filter(([name]) => name !== COOKIES_HEADER),
      body: '',
      parts: [],
      left: false
    };
    _app.requests.push(this._seen);
  }

  wake: () => void = () => undefined;

  async run(): Promise<void> {
    if (this._request.body) {
      this.post({ type: 'request-credit', bytes: WINDOW });
      await this._until(() => this._isComplete);
    }
    const { status, headers, chunks } = this._app.answerTo(this._seen);
    // The worker inserts the page script only if there is such a header.
    const cookies = this._app.inject && this._isPage;
    const block = joinHeaders([
      ...headers,
      ...(cookies ? [[COOKIES_HEADER, noCookies] as const] : [])
    ]);
    const parts = this._request.method === 'HEAD' ? [''] : chunks.flatMap(cut);
    for (const [index, part] of parts.entries()) {
      const { released } = this._app;
      await this._until(() => part !== null || this._app.released > released);
      await this._until(() => this._credit > 0);
      if (this._seen.left) {
        break;
      }
      const chunk = bytesOf(part ?? '');
      this._credit -= chunk.length;
      const more = index < parts.length - 1;
      this.post(
        index === 0
          ? { type: 'response', status, headers: block, chunk, more }
          : { type: 'response-body', chunk, more }
      );
    }
    this._channel.close();
  }

  post(fields: Fields): void {
    const { id } = this._request;
    this._channel.postMessage({ v: this._app.version, id, ...fields });
  }

  private _receive(message: FromWorker): void {
    if (message.id !== this._request.id) {
      return;
    }
    if (message.type === 'request-body') {
      this._take(message.chunk);
      this._isComplete = !message.more;
    } else if (message.type === 'response-credit') {
      this._credit += message.bytes;
    } else if (message.type === 'cancel') {
      this._seen.left = true;
    }
    this.wake();
  }

  private _take(chunk: Uint8Array): void {
    if (chunk.length > 0) {
      this._seen.parts.push(chunk.length);
      this._seen.body += textOf(chunk);
      this.post({ type: 'request-credit', bytes: chunk.length });
    }
  }

  /** Wait until a condition holds, or the client has disconnected. */
  private async _until(condition: () => boolean): Promise<void> {
    while (!condition() && !this._seen.left) {
      await new Promise<void>(resolve => {
        this.wake = resolve;
      });
    }
  }

  private readonly _channel: BroadcastChannel;
  private readonly _isPage: boolean;
  private readonly _seen: ISeen;
  private _isComplete = false;
  private _credit = WINDOW; // how far it may get ahead of its reader
}

function cut(chunk: string | null): (string | null)[] {
  return chunk === null || chunk.length <= CHUNK
    ? [chunk]
    : (chunk.match(new RegExp(`[^]{1,${CHUNK}}`, 'g')) ?? []);
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, character => character.charCodeAt(0));
}

function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, code => String.fromCharCode(code)).join('');
}
