import type { FromKernel, FromWorker, IResponse, ITerms } from '../../protocol';
import { CHUNK, joinHeaders, splitHeaders, VERSION } from '../../protocol';
import { RequestBody } from './requestBody';
import { headersOf } from './requestHeaders';
import { page, reply } from '../errorPages';

/** What an exchange needs of the channel to its kernel. */
export interface IReplies {
  readonly name: string;
  request(app: string, message: FromWorker): void;
  post(message: FromWorker): void;
  listen(id: string, listener: (message: FromKernel) => void): void;
  forget(id: string): void;
}

/** Milliseconds until a kernel whose terms are unknown is asked about a request. */
export const TIMEOUT = 60_000;

/** Milliseconds that it has to say so. */
export const PATIENCE = 1000;

/** Statuses whose responses have no body (WHATWG Fetch, null body status). */
const NULL_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/** One request and its response, turned into messages and back. */
export class Exchange {
  /**
   * @param request - the request of the `fetch` event
   * @param url - what the app is asked for, which lies below its root
   * @param app - the name of the served app
   * @param replies - the channel to the kernels
   * @param client - the browser's id of the page or worker that asks
   */
  constructor(
    request: Request,
    url: URL,
    app: string,
    replies: IReplies,
    client: string
  ) {
    this._request = request;
    this._url = url;
    this._app = app;
    this._replies = replies;
    this._client = client;
    this._body = RequestBody.of(request);
    this.ended = new Promise(resolve => {
      this._setEnded = resolve;
    });
  }

  /**
   * Send the request.
   *
   * @returns the app's response, or a page of ours that says why there is none
   */
  run(): Promise<Response> {
    const response = new Promise<Response>(resolve => {
      this._resolve = resolve;
    });
    this._replies.listen(this._id, message => this._onMessage(message));
    if (this._body === null) {
      this._open(0);
    } else {
      this._upload(this._body).catch(() => this._breakOff());
    }
    return response;
  }

  /**
   * Keep to the terms of the kernel, which are asked for beside the request.
   *
   * After their timeout the kernel is asked whether it works on the request. If
   * it says no, or nothing, that is a 503, and it will not run it later.
   */
  agree({ protocol, timeout }: ITerms): void {
    if (this._settled) {
      return;
    }
    if (protocol !== VERSION) {
      return this._fail(
        `The site was updated after the notebook of ${this._app} was opened: ` +
          'save the notebook, load its page again and run it.',
        503
      );
    }
    this._timeout = timeout;
    if (this._isSent) {
      this._startTimer();
    }
  }

  /** This instance of the worker gives way to a newer one. */
  drain(): void {
    if (this._settled && !this._over) {
      this._cancel();
      this._fail('The site was updated: load this page again.', 503);
    }
  }

  /** Answer with `response` in place of the app, if it has not answered yet. */
  settle(response: Response): void {
    if (!this._settled) {
      this._cancel();
      this._settled = true;
      this._end();
      this._resolve(reply(response, this._request));
    }
  }

  /** Resolves when no more messages belong to this exchange. */
  readonly ended: Promise<void>;

  /** The kernel is gone: nothing more will come of it. */
  abandon(): void {
    this._fail(
      `The notebook that served ${this._app} has ended: its kernel was ` +
        'restarted or shut down, or its page was closed. Run it again, then ' +
        'load this page again.',
      503
    );
  }

  /** Send the request, with its body's length if that is known. */
  private _open(length: number | null): void {
    this._sent = Date.now();
    this._replies.request(this._app, {
      v: VERSION,
      type: 'request',
      id: this._id,
      reply: this._replies.name,
      sent: this._sent,
      method: this._request.method,
      url: this._url.href.split('#', 1)[0]!,
      headers: joinHeaders(headersOf(this._request, length, navigator)),
      body: this._body !== null,
      client: this._client
    });
    this._startTimer();
  }

  private get _isSent(): boolean {
    return this._sent > 0;
  }

  private _cancel(): void {
    if (this._isSent) {
      this._replies.post({ v: VERSION, type: 'cancel', id: this._id });
    }
  }

  private _onMessage(message: FromKernel): void {
    switch (message.type) {
      case 'response':
        return this._begin(message);
      case 'response-body':
        return this._continue(message.chunk, message.more);
      case 'request-credit':
        this._credit += message.bytes;
        return this._wake();
      case 'abort':
        return this._fail(message.reason, message.status);
      case 'pong':
        return message.running ? this._stopTimer() : this._busy();
    }
  }

  private _begin(message: IResponse): void {
    if (this._settled) {
      return;
    }
    let response: Response;
    try {
      response = this._assemble(message);
    } catch (error) {
      this.settle(
        page(
          502,
          'The app sent a response that no browser takes',
          `${error instanceof Error ? error.message : String(error)}.`
        )
      );
      return;
    }
    this._stopTimer();
    this._settled = true;
    this._resolve(response);
    this._continue(message.chunk, message.more);
  }

  private _assemble({ status, headers }: IResponse): Response {
    const body = NULL_BODY.has(status)
      ? null
      : new ReadableStream<Uint8Array>(
          {
            start: controller => {
              this._controller = controller;
            },
            pull: () => this._pull(),
            cancel: () => this._giveUp()
          },
          { highWaterMark: 0 }
        );
    const response = new Response(body, { status });
    for (const [name, value] of splitHeaders(headers)) {
      response.headers.append(name, value);
    }
    return response;
  }

  private _continue(chunk: Uint8Array, more: boolean): void {
    if (chunk.length > 0) {
      this._queue.push(chunk);
    }
    if (!more) {
      this._last = true;
      // The app may answer before it has read all of the body.
      this._end();
    }
    this._flow();
  }

  private _pull(): Promise<void> {
    return new Promise(resolve => {
      this._pulled = resolve;
      this._flow();
    });
  }

  /** Hand the reader what it waits for, as far as it is there. */
  private _flow(): void {
    if (this._controller === null) {
      return;
    }
    const chunk = this._pulled === null ? undefined : this._queue.shift();
    if (chunk !== undefined) {
      this._controller.enqueue(chunk);
      this._grant(chunk.length);
      this._pulled?.();
      this._pulled = null;
    }
    if (this._last && this._queue.length === 0) {
      this._controller.close();
      this._controller = null;
      this._pulled?.();
    }
  }

  private _grant(bytes: number): void {
    this._taken += bytes;
    if (this._taken >= CHUNK && !this._last) {
      this._replies.post({
        v: VERSION,
        type: 'response-credit',
        id: this._id,
        bytes: this._taken
      });
      this._taken = 0;
    }
  }

  private _fail(reason: string, status: number): void {
    if (!this._settled) {
      this.settle(page(status, 'The app did not answer', reason));
      return;
    }
    this._end();
    this._controller?.error(new TypeError(reason));
    this._controller = null;
  }

  /** The reader is gone. */
  private _giveUp(): void {
    this._controller = null;
    this._queue.length = 0;
    this._cancel();
    this._end();
  }

  /** The request broke off. */
  private _breakOff(): void {
    if (this._over) {
      return;
    }
    this._controller?.error(new TypeError('The request broke off'));
    this._giveUp();
    this._settled = true;
    this._resolve(Response.error());
  }

  /** Slow or busy? A slow app's kernel says that it works on it, a busy one nothing. */
  private _ask(): void {
    this._timer = setTimeout(() => this._busy(), PATIENCE);
    this._replies.request(this._app, {
      v: VERSION,
      type: 'ping',
      id: this._id,
      reply: this._replies.name
    });
  }

  private _busy(): void {
    this.settle(
      page(
        503,
        'The kernel is busy',
        `A cell keeps the kernel of ${this._app} from answering: wait until ` +
          'it is done or restart the kernel, then load this page again.'
      )
    );
  }

  private async _upload(body: RequestBody): Promise<void> {
    const length = await body.measure();
    if (this._over) {
      return;
    }
    this._open(length);
    // Not even the end of an empty body may come before the kernel listens.
    await this._hasCredit();
    for await (const part of body.parts()) {
      for (let start = 0; start < part.length; start += CHUNK) {
        await this._hasCredit();
        if (this._over) {
          return;
        }
        const chunk = part.slice(start, start + CHUNK);
        this._credit -= chunk.length;
        this._postBody(chunk, true);
      }
    }
    if (!this._over) {
      this._postBody(new Uint8Array(0), false);
    }
  }

  private async _hasCredit(): Promise<void> {
    while (this._credit <= 0 && !this._over) {
      await new Promise<void>(resolve => {
        this._wake = resolve;
      });
    }
  }

  private _postBody(chunk: Uint8Array, more: boolean): void {
    this._replies.post({
      v: VERSION,
      type: 'request-body',
      id: this._id,
      chunk,
      more
    });
  }

  /** No more messages belong to this exchange. */
  private _end(): void {
    this._stopTimer();
    this._over = true;
    this._body?.close();
    this._replies.forget(this._id);
    this._wake();
    this._setEnded();
  }

  private _startTimer(): void {
    this._stopTimer();
    const rest = Math.max(0, this._sent + this._timeout - Date.now());
    // What timers can count is less than what may be asked for.
    this._timer = setTimeout(() => this._ask(), Math.min(rest, 2 ** 31 - 1));
  }

  private _stopTimer(): void {
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
    }
  }

  // connection
  private readonly _id = crypto.randomUUID();
  private readonly _app: string;
  private readonly _client: string;
  private readonly _replies: IReplies;
  private _sent = 0; // not yet
  private _timeout = TIMEOUT;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _over = false;
  private _setEnded: () => void = () => undefined;

  // request
  private readonly _request: Request;
  private readonly _body: RequestBody | null;
  private readonly _url: URL;
  private _credit = 0; // until the kernel listens, for a channel keeps nothing
  private _wake: () => void = () => undefined;

  // response
  private _settled = false;
  private _resolve: (response: Response) => void = () => undefined;
  private _controller: ReadableStreamDefaultController<Uint8Array> | null =
    null;
  private readonly _queue: Uint8Array[] = [];
  private _pulled: (() => void) | null = null;
  private _last = false;
  private _taken = 0;
}
