import type { Format } from './inflator';
import { Inflator } from './inflator';

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;
type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
type Chunks = AsyncGenerator<Uint8Array<ArrayBuffer>, void>;

/** How a member of `gzip` begins (RFC 1952, section 2.3.1), by the one method that there is. */
const MAGIC = [0x1f, 0x8b, 8] as const;

/**
 * Decompress a body chunk by chunk: what the app has flushed is handed on.
 *
 * An empty body stays empty, as that of a HEAD. A `gzip` may have several members
 * (RFC 1952, section 2.2). A `deflate` may lack the header of RFC 1950: there are
 * servers that send it so, and browsers take it.
 *
 * @param body - the compressed bytes
 * @param format - as their Content-Encoding names it
 * @returns the plain bytes; who cancels them cancels `body`
 */
export function inflate(body: Bytes, format: Format): Bytes {
  const packed = body.getReader();
  const plain = inflateChunks(chunksOf(packed), format);
  return new ReadableStream(
    {
      pull: async controller => {
        try {
          const { done, value } = await plain.next();
          if (done) {
            controller.close();
          } else {
            controller.enqueue(value);
          }
        } catch (error) {
          // If it was the body that broke off there is nothing to cancel.
          packed.cancel(error).catch(() => undefined);
          throw error;
        }
      },
      // What is on its way through the decompressor ends with it.
      cancel: reason => packed.cancel(reason)
    },
    { highWaterMark: 0 }
  );
}

async function* inflateChunks(packed: Chunks, format: Format): Chunks {
  let inflator: Inflator | null = null;
  for await (const chunk of packed) {
    inflator ??= new Inflator(format, chunk);
    for (const part of format === 'gzip' ? cut(chunk) : [chunk]) {
      try {
        yield* inflator.push(part);
      } catch (error) {
        if (!isCut(part)) {
          throw error;
        }
        inflator = new Inflator(format, part);
        yield* inflator.push(part);
      }
    }
  }
  if (inflator !== null) {
    yield* inflator.end();
  }
}

/** The body's chunks, of which the first has two bytes at least if there are so many. */
async function* chunksOf(packed: Reader): Chunks {
  let head = new Uint8Array(0);
  for (;;) {
    const { done, value } = await packed.read();
    if (done) {
      break;
    }
    head = head.length === 0 ? value : new Uint8Array([...head, ...value]);
    if (head.length >= 2) {
      yield head;
      return yield* rest(packed);
    }
  }
  if (head.length > 0) {
    yield head;
  }
}

async function* rest(packed: Reader): Chunks {
  for (;;) {
    const { done, value } = await packed.read();
    if (done) {
      return;
    }
    yield value;
  }
}

/**
 * Cut a chunk so that each byte with which a member may begin is a part of its own.
 *
 * Browsers decompress one member, and take what follows for an error, without
 * telling where it began. So where it fails at such a byte the next one begins.
 */
function* cut(
  chunk: Uint8Array<ArrayBuffer>
): Generator<Uint8Array<ArrayBuffer>, void> {
  let start = 0;
  for (
    let at = chunk.indexOf(MAGIC[0]);
    at !== -1;
    at = chunk.indexOf(MAGIC[0], at + 1)
  ) {
    if (mayBegin(chunk, at)) {
      if (at > start) {
        yield chunk.subarray(start, at);
      }
      yield chunk.subarray(at, at + 1);
      start = at + 1;
    }
  }
  if (start < chunk.length) {
    yield chunk.subarray(start);
  }
}

function isCut(part: Uint8Array): boolean {
  return part.length === 1 && part[0] === MAGIC[0];
}

/** Whether a member may begin at `at`; what it lacks may be in the next chunk. */
function mayBegin(chunk: Uint8Array, at: number): boolean {
  return MAGIC.every(
    (byte, index) => at + index >= chunk.length || chunk[at + index] === byte
  );
}
