/** The most bytes to buffer to measure a body. */
export const LIMIT = 64 * 1024 * 1024;

/** How long to wait for the length of a body, in milliseconds. */
interface ITimeouts {
  /** Without a byte. */
  readonly silence: number;
  /** In total. */
  readonly total: number;
}

/** For a body that a page may still be producing; a busy machine pauses, too. */
export const LIVE: ITimeouts = { silence: 500, total: 5000 };

/** For a body that the browser already has. */
export const WHOLE: ITimeouts = { silence: 30_000, total: 30_000 };

/**
 * The body of a request, as the page streams it. Measures its length, which browsers do
 * not reveal, because many apps ignore a body without one (RFC 9112, section 6.3).
 */
export class RequestBody {
  /** The body of `request`; null if it has none. */
  static of(request: Request): RequestBody | null {
    if (request.body) {
      // Only these requests can have a stream as their body (WHATWG Fetch, section 5.4).
      const mayBeLive =
        request.mode === 'cors' || request.mode === 'same-origin';
      return new RequestBody(request.body, mayBeLive ? LIVE : WHOLE);
    }
    // Firefox lacks `body`: only the method tells, and the body arrives as a whole.
    const { method, body } = request;
    return body === null || method === 'GET' || method === 'HEAD'
      ? null
      : new RequestBody(wholeOf(request), WHOLE);
  }

  /**
   * Buffer the body.
   *
   * @returns its length in bytes; null if it exceeds `LIMIT` or does not end in time
   */
  async measure(): Promise<number | null> {
    const { silence, total } = this._timeouts;
    const end = Date.now() + total;
    let length = 0;
    while (length <= LIMIT) {
      this._next ??= this._reader.read();
      const remaining = Math.min(silence, end - Date.now());
      const result = await within(remaining, this._next);
      if (result === null) {
        return null;
      }
      if (result.done) {
        return length;
      }
      this._next = null;
      this._buffer.push(result.value);
      length += result.value.length;
    }
    return null;
  }

  /** The whole body, in parts as they arrive. */
  async *parts(): AsyncGenerator<Uint8Array> {
    while (this._buffer.length > 0) {
      yield this._buffer.shift()!;
    }
    for (;;) {
      const { done, value } = await (this._next ?? this._reader.read());
      this._next = null;
      if (done) {
        return;
      }
      yield value;
    }
  }

  /** Discard the rest. */
  close(): void {
    this._buffer.length = 0;
    this._reader.cancel().catch(() => undefined);
  }

  private constructor(
    stream: ReadableStream<Uint8Array>,
    private readonly _timeouts: ITimeouts
  ) {
    this._reader = stream.getReader();
  }

  private readonly _reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly _buffer: Uint8Array[] = [];
  private _next: Promise<ReadableStreamReadResult<Uint8Array>> | null = null;
}

function wholeOf(request: Request): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async controller => {
      controller.enqueue(new Uint8Array(await request.arrayBuffer()));
      controller.close();
    }
  });
}

/** The value of `promise`; null if it takes longer than `milliseconds`. */
async function within<T>(
  milliseconds: number,
  promise: Promise<T>
): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
