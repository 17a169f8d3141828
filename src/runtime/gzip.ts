/**
 * Downloads that may be gzipped. Hosts do not compress unknown types, so the build does,
 * while a host that announces `Content-Encoding: gzip` has them unpacked by the browser.
 */

const MAGIC = [0x1f, 0x8b] as const;

/** Whether `bytes` begin like a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte);
}

/**
 * The contents of `source`, unpacked if they are gzipped.
 *
 * The stream fails with a TypeError if the gzip data is damaged or cut off.
 */
export async function unpack(
  source: ReadableStream<Uint8Array<ArrayBuffer>>
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const reader = source.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  // A first chunk may be a single byte.
  while (size < MAGIC.length) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    chunks.push(value);
    size += value.length;
  }
  const whole = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const first = chunks.shift();
      if (first) {
        controller.enqueue(first);
        return;
      }
      const { done, value } = await reader.read();
      if (done) {
        controller.close();
      } else {
        controller.enqueue(value);
      }
    },
    cancel: reason => reader.cancel(reason)
  });
  const head = chunks.flatMap(chunk => [...chunk.subarray(0, MAGIC.length)]);
  return isGzip(Uint8Array.from(head))
    ? whole.pipeThrough(new DecompressionStream('gzip'))
    : whole;
}

/** The bytes of `source`, unpacked if they are gzipped. */
export async function unpackWhole(
  source: ReadableStream<Uint8Array<ArrayBuffer>>
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await new Response(await unpack(source)).arrayBuffer();
  return new Uint8Array(bytes);
}
