import {
  joinHeaders,
  VERSION,
  type FromKernel,
  type FromWorker,
  type IResponse,
  type ITerms,
  type Unsent
} from '../../protocol';
import { busyPage, expiredPage, waitingPage } from '../busyPages';
import type { IExchangeChannel, KernelChannel } from '../kernel/kernelChannel';
import { goneSentence, outdatedSentence } from '../sentences';
import { isRepeatable, waitingElements } from '../waitingElements';
import {
  invalidResponsePage,
  notServed,
  page,
  reply,
  thenShown
} from '../workerPages';
import { Deadline } from './deadline';
import { RequestBody } from './requestBody';
import { headersOf } from './requestHeaders';
import { isEventStream, responseOf } from './responseHead';
import { ResponseStream } from './responseStream';
import { Upload } from './upload';

/** Milliseconds until the kernel is pinged if its terms are unknown. */
export const TIMEOUT = 60_000;

/** Milliseconds in which the kernel must begin a navigation that can be repeated. */
export const PATIENCE = 2000;

/** Milliseconds that the message of that may take. */
export const MARGIN = 250;

/** The title of most pages in place of a response. */
const NO_ANSWER = 'The app did not answer';

/** Sends one request to the kernel as messages, and turns its messages into a response. */
export class Exchange {
  /**
   * @param _base - the path of the site
   * @param _url - the URL inside the app
   * @param _client - the browser's id of the page or worker that sent the request
   */
  constructor(
    private readonly _request: Request,
    private readonly _base: string,
    private readonly _url: URL,
    private readonly _app: string,
    kernels: Pick<KernelChannel, 'connect'>,
    private readonly _client: string
  ) {
    this._channel = kernels.connect(_app, this.id, message =>
      this._receive(message)
    );
    const body = RequestBody.of(_request);
    this._upload =
      body &&
      new Upload(body, (chunk, more) =>
        this._post({ type: 'request-body', chunk, more })
      );
    this.ended = new Promise(resolve => {
      this._setEnded = resolve;
    });
  }

  /**
   * Send the request.
   *
   * @returns the app's response, or an error page
   */
  run(): Promise<Response> {
    const response = new Promise<Response>(resolve => {
      this._resolve = resolve;
    });
    if (this._upload === null) {
      this._open(0);
    } else {
      this._send(this._upload).catch(() => this._abort());
    }
    return response;
  }

  /**
   * Apply the terms of the kernel, which become known while the request is under way.
   *
   * After the timeout, a `ping` asks whether the kernel is handling the request, again and
   * again until it responds. If it is not or does not reply, the response is a 503 and the
   * kernel will not run the request.
   *
   * @param holder - the kernel, as a client of the browser
   */
  agree({ protocol, timeout }: ITerms, holder = ''): void {
    if (this._settled) {
      return;
    }
    if (protocol !== VERSION) {
      return this._fail(outdatedSentence(this._app), 503, this.waiting(holder));
    }
    this._timeout = timeout;
    if (this._sent > 0) {
      this._deadline.start(this._sent + this._timeout);
    }
  }

  /** End an open stream, because a newer instance of the worker takes over. */
  drain(): void {
    if (this._settled && !this._over) {
      this._cancel();
      this._fail('The site was updated: reload this page.', 503);
    }
  }

  /** Respond in place of the app, if it has not responded yet. */
  settle(response: Response): void {
    if (this.withdraw()) {
      this._resolve(reply(response, this._request));
    }
  }

  /** End without a response, if the app has not responded yet; returns whether it had not. */
  withdraw(): boolean {
    if (this._settled) {
      return false;
    }
    this._cancel();
    this._settled = true;
    this._end();
    return true;
  }

  /** Resolves when no more messages belong to this exchange. */
  readonly ended: Promise<void>;

  /** The kernel is gone. */
  abandon(): void {
    const waiting = this.waiting();
    this._fail(
      goneSentence(this._app, thenShown(waiting)),
      503,
      waiting,
      waiting === '' ? NO_ANSWER : notServed(this._app)
    );
  }

  /**
   * Elements of a page that loads again when a kernel other than `holder` serves the app;
   * empty if the browser cannot repeat the request.
   */
  waiting(holder = ''): string {
    return isRepeatable(this._request)
      ? waitingElements(this._base, this._app, { until: 'served', holder })
      : '';
  }

  /** @param length - of the body, null if unknown */
  private _open(length: number | null): void {
    this._sent = Date.now();
    const patience = isRepeatable(this._request) ? PATIENCE : 0;
    this._post({
      type: 'request',
      reply: this._channel.name,
      sent: this._sent,
      method: this._request.method,
      url: this._url.href.split('#', 1)[0]!,
      headers: joinHeaders(headersOf(this._request, length, navigator)),
      body: this._upload !== null,
      client: this._client,
      until: patience && this._sent + patience
    });
    this._deadline.start(this._sent + this._timeout);
    if (patience > 0) {
      this._beginning = setTimeout(
        () => this.settle(waitingPage(this._base, this._app)),
        patience + MARGIN
      );
    }
  }

  private _cancel(): void {
    if (this._sent > 0) {
      this._post({ type: 'cancel' });
    }
  }

  private _post(message: Unsent<FromWorker>): void {
    this._channel.postMessage({ v: VERSION, id: this.id, ...message });
  }

  private _receive(message: FromKernel): void {
    switch (message.type) {
      case 'response':
        return this._begin(message);
      case 'response-body':
        return this._continue(message.chunk, message.more);
      case 'request-credit':
        return this._upload?.grant(message.bytes);
      case 'abort':
        return this._fail(message.reason, message.status);
      case 'pong':
        return message.running
          ? this._deadline.repeat()
          : this.settle(expiredPage(this._app));
      case 'begun':
        return clearTimeout(this._beginning);
      case 'interrupted':
        return; // belongs to no exchange
    }
  }

  private _begin(message: IResponse): void {
    if (this._settled) {
      return;
    }
    let response: Response;
    try {
      const { method } = this._request;
      response = responseOf(message, method, this._stream.readable);
    } catch (error) {
      return this.settle(invalidResponsePage(error));
    }
    this._isEventStream = isEventStream(response);
    this._deadline.stop();
    clearTimeout(this._beginning);
    this._settled = true;
    this._resolve(response);
    this._continue(message.chunk, message.more);
    if (this._request.method === 'HEAD' && message.more) {
      this._giveUp(); // no body can be read, so nothing else would end an endless one
    }
  }

  private _continue(chunk: Uint8Array, more: boolean): void {
    this._stream.push(chunk, more);
    if (!more) {
      // This also stops the upload: an app may respond without reading all of it.
      this._end();
    }
  }

  private _fail(
    reason: string,
    status: number,
    waiting = '',
    title = NO_ANSWER
  ): void {
    if (!this._settled) {
      return this.settle(page(status, title, reason, [], waiting));
    }
    if (this._over) {
      return;
    }
    this._end();
    if (this._isEventStream) {
      // An EventSource reconnects only after a clean end.
      this._stream.push(new Uint8Array(), false);
    } else {
      this._stream.error(reason);
    }
  }

  /** The reader is gone. */
  private _giveUp(): void {
    this._cancel();
    this._end();
  }

  /** The request's body could not be read. */
  private _abort(): void {
    if (this._over) {
      return;
    }
    this._stream.error('The request was aborted');
    this._giveUp();
    this._settled = true;
    this._resolve(Response.error());
  }

  private async _send(upload: Upload): Promise<void> {
    const length = await upload.body.measure();
    if (!this._over) {
      this._open(length);
      await upload.run();
    }
  }

  /** No more messages belong to this exchange. */
  private _end(): void {
    this._deadline.stop();
    clearTimeout(this._beginning);
    this._over = true;
    this._upload?.stop();
    this._channel.close();
    this._setEnded();
  }

  // connection
  readonly id = crypto.randomUUID();
  private readonly _channel: IExchangeChannel;
  private _sent = 0; // not sent yet
  private _timeout = TIMEOUT;
  private readonly _deadline = new Deadline(
    () => this._post({ type: 'ping', reply: this._channel.name }),
    () => this.settle(busyPage(this._app))
  );
  private _beginning: ReturnType<typeof setTimeout> | undefined;
  private _over = false;
  private _setEnded: () => void = () => undefined;

  // request
  private readonly _upload: Upload | null;

  // response
  private _settled = false;
  private _isEventStream = false;
  private _resolve: (response: Response) => void = () => undefined;
  private readonly _stream = new ResponseStream(
    bytes => this._post({ type: 'response-credit', bytes }),
    () => this._giveUp()
  );
}
