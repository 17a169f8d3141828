import { gzipSync } from 'node:zlib';

import { isGzip, unpack, unpackWhole } from '../gzip';

const text = 'published '.repeat(1000);

function streamOf(
  bytes: Uint8Array,
  size: number
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let position = 0;
  return new ReadableStream({
    pull(controller) {
      if (position >= bytes.length) {
        controller.close();
        return;
      }
      controller.enqueue(
        Uint8Array.from(bytes.slice(position, position + size))
      );
      position += size;
    }
  });
}

it.each([1, 2, 3, 100_000])('unpacks chunks of %d bytes', async size => {
  const plain = new TextEncoder().encode(text);
  for (const bytes of [plain, gzipSync(plain)]) {
    const unpacked = await unpackWhole(streamOf(bytes, size));
    expect(new TextDecoder().decode(unpacked)).toBe(text);
  }
});

it.each([[], [0x1f], [0x1f, 0x8a]])('passes on %p', async (...bytes) => {
  expect([...(await unpackWhole(streamOf(Uint8Array.from(bytes), 1)))]).toEqual(
    bytes
  );
});

it('fails if the file is cut off', async () => {
  const bytes = gzipSync(text).subarray(0, 30);
  await expect(unpackWhole(streamOf(bytes, 10))).rejects.toThrow();
});

it('ends the download when its reader does', async () => {
  const cancel = jest.fn();
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: controller => controller.enqueue(Uint8Array.of(1, 2, 3)),
    cancel
  });
  await (await unpack(source)).cancel('enough');
  expect(cancel).toHaveBeenCalledWith('enough');
});

it('knows gzip by its first bytes', () => {
  expect(isGzip(gzipSync('x'))).toBe(true);
  expect(isGzip(Uint8Array.of(0x1f))).toBe(false);
  expect(isGzip(new Uint8Array(0))).toBe(false);
});
