/**
 * Python's memory as runs of blocks: what is as in any fresh instance, what is zero, and
 * what has to be kept. Only the latter is stored.
 */

import { concatenate } from './bytes';
import type { IPyodide } from './emscripten';

/** Bytes of a block. A smaller one saves little, and costs time and a longer list. */
export const BLOCK = 256;

/** As in a fresh instance, all zero, or data. */
const Kind = { Same: 0, Zero: 1, Data: 2 } as const;

type Kind = (typeof Kind)[keyof typeof Kind];

/** What a memory consists of. */
export interface ILayout {
  /** Bytes of the memory. */
  readonly length: number;
  /** By turns a kind, which is 0 if the same, 1 if zero, 2 if data, and a number of blocks. */
  readonly runs: readonly number[];
  /** Checksums of the blocks that are the same, and of the data. */
  readonly same: number;
  readonly data: number;
}

/**
 * The layout of `memory`, compared with the beginning of a fresh one.
 *
 * @returns The layout, and the data to be stored.
 */
export function packHeap(
  memory: Uint8Array<ArrayBuffer>,
  fresh: Uint8Array<ArrayBuffer>
): { layout: ILayout; data: Uint8Array<ArrayBuffer> } {
  const words = toWords(memory);
  const freshWords = toWords(fresh);
  const runs: number[] = [];
  for (let at = 0; at < words.length; at += BLOCK / 4) {
    const kind = kindOf(words, freshWords, at);
    if (runs.at(-2) === kind) {
      runs[runs.length - 1]!++;
    } else {
      runs.push(kind, 1);
    }
  }
  const parts = [...partsOf(memory, runs, Kind.Data)];
  const data = concatenate(parts);
  const layout = {
    length: memory.length,
    runs,
    same: checksum(partsOf(memory, runs, Kind.Same)),
    data: checksum([data])
  };
  return { layout, data };
}

/**
 * Prepare `memory`, of a fresh instance, for the data of a snapshot.
 *
 * @returns The parts to be filled with the data, in order.
 * @throws RangeError if the memory is not what the snapshot was made of.
 */
export function prepareHeap(
  memory: Uint8Array<ArrayBuffer>,
  layout: ILayout
): Uint8Array<ArrayBuffer>[] {
  if (checksum(partsOf(memory, layout.runs, Kind.Same)) !== layout.same) {
    throw new RangeError(
      'The snapshot was made of another Pyodide, or other extension modules: make it again.'
    );
  }
  for (const part of partsOf(memory, layout.runs, Kind.Zero)) {
    part.fill(0);
  }
  // What lies beyond was never written to, so it is zero.
  return [...partsOf(memory, layout.runs, Kind.Data)];
}

/**
 * Check what was written to the parts of `prepareHeap()`.
 *
 * @throws RangeError if that is not what was stored.
 */
export function checkHeap(
  parts: readonly Uint8Array<ArrayBuffer>[],
  layout: ILayout
): void {
  if (checksum(parts) !== layout.data) {
    throw damaged();
  }
}

/**
 * Fill `parts`, in order, with `chunks`, as they arrive.
 *
 * @throws RangeError if the chunks have fewer or more bytes than the parts.
 */
export async function fill(
  parts: readonly Uint8Array[],
  chunks: AsyncIterable<Uint8Array>
): Promise<void> {
  let index = 0;
  let done = 0;
  for await (let chunk of chunks) {
    while (chunk.length > 0) {
      const part = parts[index];
      if (!part) {
        throw damaged();
      }
      const size = Math.min(part.length - done, chunk.length);
      part.set(chunk.subarray(0, size), done);
      chunk = chunk.subarray(size);
      done += size;
      if (done === part.length) {
        index++;
        done = 0;
      }
    }
  }
  if (parts.slice(index).some(part => part.length > 0)) {
    throw damaged();
  }
}

/**
 * Write zeros over all memory that is free, which is then not stored. It takes seconds,
 * so it is for snapshots that are made by the build.
 */
export function zeroFree(pyodide: IPyodide): void {
  pyodide.runPython(ZERO_POOLS);
  const runtime = pyodide._module;
  const end = runtime.HEAPU32[runtime._emscripten_get_sbrk_ptr() >>> 2]!;
  const taken: number[] = [];
  for (let size = 1 << 22; size >= 64; size /= 2) {
    for (;;) {
      const pointer = runtime._malloc(size);
      if (pointer === 0) {
        break;
      }
      taken.push(pointer);
      if (pointer + size > end) {
        break; // The gaps of this size are used up.
      }
      runtime.HEAPU8.fill(0, pointer, pointer + size);
    }
  }
  taken.forEach(pointer => runtime._free(pointer));
}

/** Python's own allocator keeps pools for each size up to 512 bytes. */
const ZERO_POOLS = `
def zero_pools():
    import gc

    gc.collect()
    for size in range(1, 480, 8):
        zeros = [bytes(size) for _ in range(2000 if size > 64 else 6000)]
        del zeros
    gc.collect()

zero_pools()
del zero_pools
`;

function kindOf(words: Uint32Array, fresh: Uint32Array, at: number): Kind {
  const end = at + BLOCK / 4;
  let zero = true;
  let same = end <= fresh.length;
  for (let i = at; i < end && (zero || same); i++) {
    zero &&= words[i] === 0;
    same &&= words[i] === fresh[i];
  }
  // Beyond its data a fresh memory is zero as well.
  return zero ? Kind.Zero : same ? Kind.Same : Kind.Data;
}

function* partsOf(
  memory: Uint8Array<ArrayBuffer>,
  runs: readonly number[],
  kind: Kind
): Generator<Uint8Array<ArrayBuffer>> {
  let position = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const end = position + runs[i + 1]! * BLOCK;
    if (runs[i] === kind) {
      yield memory.subarray(position, end);
    }
    position = end;
  }
}

function checksum(parts: Iterable<Uint8Array<ArrayBuffer>>): number {
  let sum = 0;
  for (const part of parts) {
    const words = toWords(part);
    for (let i = 0; i < words.length; i++) {
      sum = (Math.imul(sum, 31) + words[i]!) | 0;
    }
  }
  return sum;
}

function toWords(bytes: Uint8Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
}

function damaged(): RangeError {
  return new RangeError(
    'The snapshot is damaged: delete it, so that the app starts without it.'
  );
}
