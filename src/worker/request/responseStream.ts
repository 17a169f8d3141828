import { CHUNK } from '../../protocol';

/** The body of a response; reading it grants the kernel credit. */
export class ResponseStream {
  /**
   * @param grant - called with the number of bytes read since the last call
   * @param onCancel - called when the reader cancels the stream
   */
  constructor(grant: (bytes: number) => void, onCancel: () => void) {
    this._grant = grant;
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: controller => {
          this._controller = controller;
        },
        pull: () =>
          new Promise(resolve => {
            this._pulled = resolve;
            this._flow();
          }),
        cancel: onCancel
      },
      { highWaterMark: 0 }
    );
  }

  readonly readable: ReadableStream<Uint8Array>;

  /** Append a part of the body; `more` is false for the last one. */
  push(chunk: Uint8Array, more: boolean): void {
    if (chunk.length > 0) {
      this._queue.push(chunk);
    }
    this._last ||= !more;
    this._flow();
  }

  /** End the body with an error. */
  error(reason: string): void {
    this._controller?.error(new TypeError(reason));
    this._controller = null;
    this._queue.length = 0;
  }

  /** Drop the rest, because the reader is gone. */
  discard(): void {
    this._controller = null;
    this._queue.length = 0;
  }

  /** Pass the reader the next chunk, if it waits for one that is here. */
  private _flow(): void {
    if (this._controller === null) {
      return;
    }
    const chunk = this._pulled === null ? undefined : this._queue.shift();
    if (chunk !== undefined) {
      this._controller.enqueue(chunk);
      this._countRead(chunk.length);
      this._pulled?.();
      this._pulled = null;
    }
    if (this._last && this._queue.length === 0) {
      this._controller.close();
      this._controller = null;
      this._pulled?.();
    }
  }

  private _countRead(bytes: number): void {
    this._read += bytes;
    if (this._read >= CHUNK && !this._last) {
      this._grant(this._read);
      this._read = 0;
    }
  }

  private readonly _grant: (bytes: number) => void;
  private _controller: ReadableStreamDefaultController<Uint8Array> | null =
    null;
  private readonly _queue: Uint8Array[] = [];
  private _pulled: (() => void) | null = null;
  private _last = false;
  private _read = 0;
}
