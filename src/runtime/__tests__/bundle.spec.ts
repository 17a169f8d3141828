import { readBundle, writeBundle } from '../bundle';

const files = [
  { path: '/app/ä.py', data: Uint8Array.of(1, 2, 3) },
  { path: '/app/empty', data: new Uint8Array(0) },
  { path: '/app/lib/b.py', data: Uint8Array.of(4) }
];

/** `writeBundle` with an index of ours. */
function withIndex(
  index: string,
  data = new Uint8Array(0)
): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(index);
  const bytes = new Uint8Array(4 + text.length + data.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(data, 4 + text.length);
  return bytes;
}

it('reads what was written', () => {
  expect(readBundle(writeBundle(files))).toEqual(files);
  expect(readBundle(writeBundle([]))).toEqual([]);
});

it('has the format of the build', () => {
  const bytes = withIndex('[["/a",2],["/b",1]]', Uint8Array.of(7, 8, 9));
  expect(readBundle(bytes)).toEqual([
    { path: '/a', data: Uint8Array.of(7, 8) },
    { path: '/b', data: Uint8Array.of(9) }
  ]);
  expect(writeBundle(readBundle(bytes))).toEqual(bytes);
});

it('copies nothing, also from the middle of a buffer', () => {
  const bundle = writeBundle(files);
  const buffer = new Uint8Array(bundle.length + 10);
  buffer.set(bundle, 10);
  const read = readBundle(buffer.subarray(10));
  expect(read).toEqual(files);
  expect(read[0]!.data.buffer).toBe(buffer.buffer);
});

it.each([
  ['nothing', new Uint8Array(0), 'no index'],
  ['half an index', writeBundle(files).subarray(0, 20), 'cut off'],
  ['less data', writeBundle(files).subarray(0, -1), 'instead of'],
  ['more data', withIndex('[]', Uint8Array.of(1)), 'instead of'],
  ['no JSON', withIndex('nonsense'), 'not JSON'],
  ['no list', withIndex('{}'), 'not a list'],
  ['no sizes', withIndex('[["/a"]]'), 'not a list'],
  ['a negative size', withIndex('[["/a",-1],["/b",1]]'), 'not a list']
])('refuses %s', (_, bytes, reason) => {
  expect(() => readBundle(bytes)).toThrow(RangeError);
  expect(() => readBundle(bytes)).toThrow(reason);
});
