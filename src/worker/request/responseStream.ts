import { CHUNK, WINDOW } from '../../protocol';

/** The body of a response; reading it grants the kernel credit. */
export class ResponseStream {
  /** @param _grant - called with the number of bytes read since the last call */
  constructor(
    private readonly _grant: (bytes: number) => void,
    onCancel: () => void
  ) {
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: controller => {
          this._controller = controller;
        },
        pull: () => this._countRead(), // after each read
        cancel: onCancel
      },
      new ByteLengthQueuingStrategy({ highWaterMark: WINDOW })
    );
  }

  readonly readable: ReadableStream<Uint8Array>;

  /** Append a part of the body; `more` is false for the last one. */
  push(chunk: Uint8Array, more: boolean): void {
    this._last = !more;
    this._pushed += chunk.length;
    if (chunk.length > 0) {
      this._controller.enqueue(chunk);
    }
    if (this._last) {
      this._controller.close();
    }
  }

  /** End the body with an error. */
  error(reason: string): void {
    this._controller.error(new TypeError(reason));
  }

  private _countRead(): void {
    const queued = WINDOW - (this._controller.desiredSize ?? 0);
    const read = this._pushed - queued;
    if (read >= CHUNK && !this._last) {
      this._pushed -= read;
      this._grant(read);
    }
  }

  private _controller!: ReadableStreamDefaultController<Uint8Array>;
  private _pushed = 0; // bytes for which no credit was granted yet
  private _last = false;
}
