/** What browsers decompress for servers and for scripts (RFC 9110, section 8.4.1). */
export type Format = 'gzip' | 'deflate';

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;
type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

/**
 * Decompress a body chunk by chunk: what the app has flushed is handed on.
 *
 * An empty body stays empty, as that of a HEAD. A `deflate` may lack the header
 * of RFC 1950: there are servers that send it so, and browsers take it.
 *
 * @param body - the compressed bytes
 * @param format - as their Content-Encoding names it
 * @returns the plain bytes; who cancels them cancels `body`
 */
export function inflate(body: Bytes, format: Format): Bytes {
  return new ReadableStream(new Inflation(body, format), { highWaterMark: 0 });
}

class Inflation implements UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> {
  constructor(body: Bytes, format: Format) {
    this._packed = body.getReader();
    this._format = format;
  }

  async pull(
    controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>
  ): Promise<void> {
    this._plain ??= this._open(await this._begin());
    try {
      const { done, value } = await this._plain.read();
      if (done) {
        controller.close();
      } else {
        controller.enqueue(value);
      }
    } catch (error) {
      throw this._brokenOff ? error : this._corrupt();
    }
  }

  async cancel(reason: unknown): Promise<void> {
    // What is on its way through the decompressor ends with it.
    await this._packed.cancel(reason);
  }

  /** The first two bytes, in what came with them; fewer if there are no more. */
  private async _begin(): Promise<Uint8Array<ArrayBuffer>> {
    let head = new Uint8Array(0);
    while (head.length < 2) {
      const { done, value } = await this._packed.read();
      if (done) {
        break;
      }
      head = new Uint8Array([...head, ...value]);
    }
    return head;
  }

  private _open(head: Uint8Array<ArrayBuffer>): Reader {
    const packed = this._resume(head);
    if (head.length === 0) {
      return packed.getReader();
    }
    const variant =
      this._format === 'deflate' && !isZlib(head)
        ? 'deflate-raw'
        : this._format;
    return packed.pipeThrough(new DecompressionStream(variant)).getReader();
  }

  /** The body from its beginning. */
  private _resume(head: Uint8Array<ArrayBuffer>): Bytes {
    return new ReadableStream(
      {
        start: controller => {
          if (head.length > 0) {
            controller.enqueue(head);
          }
        },
        pull: async controller => {
          try {
            const { done, value } = await this._packed.read();
            if (done) {
              controller.close();
            } else {
              controller.enqueue(value);
            }
          } catch (error) {
            this._brokenOff = true;
            throw error;
          }
        },
        cancel: reason => this._packed.cancel(reason)
      },
      { highWaterMark: 0 }
    );
  }

  private _corrupt(): TypeError {
    return new TypeError(
      `The body is not in ${this._format}, as its Content-Encoding says: ` +
        'compress it so, or leave that header out.'
    );
  }

  private readonly _packed: Reader;
  private readonly _format: Format;
  private _plain: Reader | null = null;
  private _brokenOff = false;
}

/** Whether it begins as RFC 1950, section 2.2, says. */
function isZlib([cmf = 0, flg = 0]: Uint8Array): boolean {
  return (cmf & 0x0f) === 8 && (cmf * 256 + flg) % 31 === 0;
}
