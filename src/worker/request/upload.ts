import type { IChannel } from '../../channel';
import type { FromKernel, FromWorker } from '../../protocol';
import { CHUNK, VERSION } from '../../protocol';
import { RequestBody } from './requestBody';

/** Sends the body of a request as far as the kernel grants credit. */
export class Upload {
  /**
   * The upload of a request; null if it has no body.
   *
   * @param id - the exchange's id
   */
  static of(
    request: Request,
    channel: IChannel<FromWorker, FromKernel>,
    id: string
  ): Upload | null {
    const body = RequestBody.of(request);
    return body && new Upload(body, channel, id);
  }

  private constructor(
    body: RequestBody,
    channel: IChannel<FromWorker, FromKernel>,
    id: string
  ) {
    this._body = body;
    this._channel = channel;
    this._id = id;
  }

  /** The body's length in bytes; null if it cannot be determined in time. */
  measure(): Promise<number | null> {
    return this._body.measure();
  }

  /** Send the body; resolves at its end or after `stop`. */
  async run(): Promise<void> {
    // Even an empty body must not end before the kernel listens.
    await this._hasCredit();
    for await (const part of this._body.parts()) {
      for (let start = 0; start < part.length; start += CHUNK) {
        await this._hasCredit();
        if (this._stopped) {
          return;
        }
        const chunk = part.slice(start, start + CHUNK);
        this._credit -= chunk.length;
        this._post(chunk, true);
      }
    }
    if (!this._stopped) {
      this._post(new Uint8Array(0), false);
    }
  }

  /** Allow that many more bytes. */
  grant(bytes: number): void {
    this._credit += bytes;
    this._wake();
  }

  /** Send no more: an app may respond without reading the rest. */
  stop(): void {
    this._stopped = true;
    this._body.close();
    this._wake();
  }

  private async _hasCredit(): Promise<void> {
    while (this._credit <= 0 && !this._stopped) {
      await new Promise<void>(resolve => {
        this._wake = resolve;
      });
    }
  }

  private _post(chunk: Uint8Array, more: boolean): void {
    this._channel.postMessage({
      v: VERSION,
      type: 'request-body',
      id: this._id,
      chunk,
      more
    });
  }

  private readonly _body: RequestBody;
  private readonly _channel: IChannel<FromWorker, FromKernel>;
  private readonly _id: string;
  private _credit = 0; // until the kernel listens, because a channel queues nothing
  private _stopped = false;
  private _wake: () => void = () => undefined;
}
