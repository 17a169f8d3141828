import { CHUNK } from '../../protocol';

/** The body of a response, for a reader who grants credit by reading. */
export class ResponseStream {
  /**
   * @param grant - called with the bytes that the reader took since the last call
   * @param onCancel - called when the reader is gone
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

  /** Append a part of the body, the last one if there is no more. */
  push(chunk: Uint8Array, more: boolean): void {
    if (chunk.length > 0) {
      this._queue.push(chunk);
    }
    this._last ||= !more;
    this._flow();
  }

  /** End the body unfinished. */
  error(reason: string): void {
    this._controller?.error(new TypeError(reason));
    this._controller = null;
    this._queue.length = 0;
  }

  /** The reader is gone. */
  discard(): void {
    this._controller = null;
    this._queue.length = 0;
  }

  /** Hand the reader what it waits for, as far as it is there. */
  private _flow(): void {
    if (this._controller === null) {
      return;
    }
    const chunk = this._pulled === null ? undefined : this._queue.shift();
    if (chunk !== undefined) {
      this._controller.enqueue(chunk);
      this._took(chunk.length);
      this._pulled?.();
      this._pulled = null;
    }
    if (this._last && this._queue.length === 0) {
      this._controller.close();
      this._controller = null;
      this._pulled?.();
    }
  }

  private _took(bytes: number): void {
    this._taken += bytes;
    if (this._taken >= CHUNK && !this._last) {
      this._grant(this._taken);
      this._taken = 0;
    }
  }

  private readonly _grant: (bytes: number) => void;
  private _controller: ReadableStreamDefaultController<Uint8Array> | null =
    null;
  private readonly _queue: Uint8Array[] = [];
  private _pulled: (() => void) | null = null;
  private _last = false;
  private _taken = 0;
}
