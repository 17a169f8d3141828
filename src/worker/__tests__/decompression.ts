/** `DecompressionStream` as browsers have it; Node's goes on with the next member, and gives what comes late. */

import { constants, inflateRawSync } from 'node:zlib';

/** Bytes before what is compressed, and behind it: of gzip without a name, RFC 1950, RFC 1951. */
const AROUND: Readonly<Record<CompressionFormat, readonly [number, number]>> = {
  gzip: [10, 8],
  deflate: [2, 4],
  'deflate-raw': [0, 0]
};

/** What Node gives if asked for `info`, which its types do not know. */
interface IInflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

class OneMember implements Transformer<Uint8Array, Uint8Array> {
  constructor(format: CompressionFormat) {
    [this._before, this._behind] = AROUND[format];
    this._magic = format === 'gzip' ? [0x1f, 0x8b, 8] : [];
  }

  transform(
    chunk: Uint8Array,
    controller: TransformStreamDefaultController<Uint8Array>
  ): void {
    this._all = new Uint8Array([...this._all, ...chunk]);
    if (this._magic.some((byte, at) => (this._all[at] ?? byte) !== byte)) {
      throw new TypeError('not in this format');
    }
    const packed = this._all.subarray(this._before);
    const { buffer, engine } = inflateRawSync(packed, {
      finishFlush: constants.Z_SYNC_FLUSH,
      info: true
    }) as unknown as IInflated;
    this._missing = engine.bytesWritten + this._behind - packed.length;
    if (buffer.length > this._given) {
      controller.enqueue(new Uint8Array(buffer.subarray(this._given)));
      this._given = buffer.length;
    }
    if (this._missing < 0) {
      throw new TypeError('junk after the end');
    }
  }

  flush(): void {
    inflateRawSync(this._all.subarray(this._before)); // raises if it has not ended
    if (this._missing > 0) {
      throw new TypeError('it was truncated');
    }
  }

  private readonly _before: number;
  private readonly _behind: number;
  private readonly _magic: readonly number[];
  private _all = new Uint8Array(0);
  private _given = 0;
  private _missing = 0;
}

/** Put it in the place of Node's for the tests of a spec. */
export function useBrowsersDecompression(): void {
  const native = globalThis.DecompressionStream;
  beforeAll(() => {
    globalThis.DecompressionStream = class extends TransformStream {
      constructor(format: CompressionFormat) {
        super(new OneMember(format));
      }
    };
  });
  afterAll(() => {
    globalThis.DecompressionStream = native;
  });
}
