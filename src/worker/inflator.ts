/** What browsers decompress for servers and for scripts (RFC 9110, section 8.4.1). */
export type Format = 'gzip' | 'deflate';

type Bytes = Uint8Array<ArrayBuffer>;

/** The browser's decompressor for one member of a body. */
export class Inflator {
  /** @param head - the first bytes, which tell the variants of `deflate` apart */
  constructor(format: Format, head: Uint8Array) {
    const variant =
      format === 'deflate' && !isZlib(head) ? 'deflate-raw' : format;
    const { readable, writable } = new DecompressionStream(variant);
    this._format = format;
    this._writer = writable.getWriter();
    this._reader = readable.getReader();
  }

  /**
   * Decompress a part; what comes of its end may be given by the next call only.
   *
   * @throws TypeError, if it is not of the format, or beyond the member's end.
   */
  async *push(part: Bytes): AsyncGenerator<Bytes, void> {
    const written = this._writer.write(part).then(() => null);
    // Whoever leaves before the end does not hear of it.
    written.catch(() => undefined);
    try {
      let result;
      while ((result = await Promise.race([this._next(), written])) !== null) {
        this._read = null;
        yield result.value!;
      }
    } catch {
      throw new TypeError(
        `The body is not in ${this._format}, as its Content-Encoding says: ` +
          'compress it so, or leave that header out.'
      );
    }
  }

  /**
   * Give what is left.
   *
   * @throws TypeError, if the member has not ended.
   */
  async *end(): AsyncGenerator<Bytes, void> {
    this._writer.close().catch(() => undefined);
    try {
      let result;
      while (!(result = await this._next()).done) {
        this._read = null;
        yield result.value;
      }
    } catch {
      throw new TypeError(
        `The body ends before its ${this._format} does: let what compresses ` +
          'it finish before the response ends.'
      );
    }
  }

  /** What is read next; one that nothing has come of is not asked for again. */
  private _next(): Promise<ReadableStreamReadResult<Bytes>> {
    if (this._read === null) {
      this._read = this._reader.read();
      this._read.catch(() => undefined);
    }
    return this._read;
  }

  private readonly _format: Format;
  private readonly _writer: WritableStreamDefaultWriter<BufferSource>;
  private readonly _reader: ReadableStreamDefaultReader<Bytes>;
  private _read: Promise<ReadableStreamReadResult<Bytes>> | null = null;
}

/** Whether it begins as RFC 1950, section 2.2, says. */
function isZlib([cmf = 0, flg = 0]: Uint8Array): boolean {
  return (cmf & 0x0f) === 8 && (cmf * 256 + flg) % 31 === 0;
}
