import { BLOCK, checkHeap, fill, packHeap, prepareHeap } from '../heap';

const BLOCKS = 6;

/** Blocks 0, 1 and 5 have data of the program; the memory grows after the start. */
function freshMemory(): Uint8Array<ArrayBuffer> {
  const memory = new Uint8Array(BLOCKS * BLOCK);
  memory.fill(1, 0, 2 * BLOCK).fill(5, 5 * BLOCK);
  return memory;
}

/** Block 1 has changed, 5 is cleared, 7 and 8 are new. */
function usedMemory(): Uint8Array<ArrayBuffer> {
  const memory = new Uint8Array(10 * BLOCK);
  memory.set(freshMemory());
  memory[2 * BLOCK - 1] = 9;
  memory.fill(0, 5 * BLOCK, 6 * BLOCK).fill(7, 7 * BLOCK, 9 * BLOCK);
  return memory;
}

async function* split(
  data: Uint8Array,
  size: number
): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < data.length; i += size) {
    yield data.subarray(i, i + size);
  }
}

function grown(): Uint8Array<ArrayBuffer> {
  const memory = new Uint8Array(10 * BLOCK);
  memory.set(freshMemory());
  return memory;
}

it('stores only what is neither zero nor in a fresh instance', () => {
  const { layout, data } = packHeap(usedMemory(), freshMemory());
  expect(layout.length).toBe(10 * BLOCK);
  expect(layout.runs).toEqual([0, 1, 2, 1, 1, 5, 2, 2, 1, 1]);
  expect(data.length).toBe(3 * BLOCK);
});

it.each([1, 100, BLOCK, 10_000])(
  'restores it from chunks of %d bytes',
  async size => {
    const { layout, data } = packHeap(usedMemory(), freshMemory());
    const memory = grown();
    const parts = prepareHeap(memory, layout);
    await fill(parts, split(data, size));
    checkHeap(parts, layout);
    expect(memory).toEqual(usedMemory());
  }
);

it('refuses the memory of another program', () => {
  const { layout } = packHeap(usedMemory(), freshMemory());
  const memory = grown();
  memory[3] = 2;
  expect(() => prepareHeap(memory, layout)).toThrow(RangeError);
  expect(() => prepareHeap(memory, layout)).toThrow('another Pyodide');
});

it.each([
  ['too short', (data: Uint8Array) => data.subarray(1)],
  ['too long', (data: Uint8Array) => Uint8Array.from([...data, 1])]
])('refuses data that are %s', async (_, damage) => {
  const { layout, data } = packHeap(usedMemory(), freshMemory());
  const parts = prepareHeap(grown(), layout);
  await expect(fill(parts, split(damage(data), 100))).rejects.toThrow(
    'damaged'
  );
});

it('refuses data that have changed', async () => {
  const { layout, data } = packHeap(usedMemory(), freshMemory());
  const parts = prepareHeap(grown(), layout);
  data[5]! ^= 1;
  await fill(parts, split(data, 100));
  expect(() => checkHeap(parts, layout)).toThrow('damaged');
});

it('fills parts that are empty', async () => {
  const parts = [0, 2, 0, 1, 0].map(size => new Uint8Array(size));
  await fill(parts, split(Uint8Array.of(1, 2, 3), 3));
  expect(parts.map(part => [...part])).toEqual([[], [1, 2], [], [3], []]);
});
