/** Bytes that are kept of a body to tell its length. */
export const LIMIT = 64 * 1024 * 1024;

/** What a body gets until its length is no longer waited for. */
interface IPatience {
  /** Milliseconds without a byte. */
  readonly silence: number;
  /** Milliseconds until its end. */
  readonly whole: number;
}

/** For one that a page may make as it goes. A busy machine, too, is silent for a while. */
export const LIVE: IPatience = { silence: 500, whole: 5000 };

/** For one that the browser has as a whole. */
export const WHOLE: IPatience = { silence: 30_000, whole: 30_000 };

/**
 * The body of a request, as it comes from the page.
 *
 * No browser says how long it is. Apps want to know: many take a body without
 * a length for none (RFC 9112, section 6.3).
 */
export class RequestBody {
  /** The body of `request`; null if it has none. */
  static of(request: Request): RequestBody | null {
    if (request.body) {
      // No other request takes a stream (WHATWG Fetch, section 5.4).
      const mayBeLive =
        request.mode === 'cors' || request.mode === 'same-origin';
      return new RequestBody(request.body, mayBeLive ? LIVE : WHOLE);
    }
    // Firefox has no `body`: the method alone tells, and all of it comes at once.
    const { method, body } = request;
    return body === null || method === 'GET' || method === 'HEAD'
      ? null
      : new RequestBody(wholeOf(request), WHOLE);
  }

  /**
   * Read what is there.
   *
   * @returns the body's length in bytes if it came to its end; null if it is
   *   longer than what may be kept, or still being made
   */
  async measure(): Promise<number | null> {
    const { silence, whole } = this._patience;
    const end = Date.now() + whole;
    let length = 0;
    while (length <= LIMIT) {
      this._next ??= this._reader.read();
      const rest = Math.min(silence, end - Date.now());
      const result = await within(rest, this._next);
      if (result === null) {
        return null;
      }
      if (result.done) {
        return length;
      }
      this._next = null;
      this._kept.push(result.value);
      length += result.value.length;
    }
    return null;
  }

  /** All of it, part by part as it comes. */
  async *parts(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const kept = this._kept.shift();
      if (kept !== undefined) {
        yield kept;
        continue;
      }
      const { done, value } = await (this._next ?? this._reader.read());
      this._next = null;
      if (done) {
        return;
      }
      yield value;
    }
  }

  /** Nobody reads the rest: an app may answer without. */
  close(): void {
    this._kept.length = 0;
    this._reader.cancel().catch(() => undefined);
  }

  private constructor(stream: ReadableStream<Uint8Array>, patience: IPatience) {
    this._reader = stream.getReader();
    this._patience = patience;
  }

  private readonly _reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly _patience: IPatience;
  private readonly _kept: Uint8Array[] = [];
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

/** What `promise` gives within so many milliseconds; null if that is nothing. */
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
