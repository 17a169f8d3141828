import type { State } from './prologue';
import { AFTER, BEFORE, BETWEEN, HELD, NOWHERE, START } from './prologue';

/**
 * Puts a tag into an HTML document that comes in chunks, where its first script
 * may stand.
 *
 * However the document is cut, the same bytes come out. None waits longer than
 * until it is known what it begins: five bytes do at most.
 */
export class Insertion {
  /** @param tag - in ASCII, which the document's encoding must have */
  constructor(tag: Uint8Array) {
    this._tag = tag;
  }

  /** @returns what goes on, now that this chunk of the document came */
  push(chunk: Uint8Array): Uint8Array[] {
    if (this._done) {
      return present(chunk);
    }
    const bytes = join(this._held, chunk);
    let opened = 0;
    for (let index = this._held.length; index < bytes.length; index++) {
      const wasHeld = HELD.has(this._state);
      this._state = this._state(lowerCase(bytes[index] ?? 0));
      switch (this._state) {
        case BEFORE:
          return this._insert(bytes, wasHeld ? opened : index);
        case AFTER:
          return this._insert(bytes, index + 1);
        case NOWHERE:
          this._done = true;
          return present(bytes);
      }
      if (!wasHeld) {
        opened = index;
      }
    }
    const end = HELD.has(this._state) ? opened : bytes.length;
    this._held = bytes.subarray(end);
    return present(bytes.subarray(0, end));
  }

  /** @returns what remains at the end of the document */
  end(): Uint8Array[] {
    // In the midst of a comment or a tag it would be no tag.
    const fits =
      [START, BETWEEN].includes(this._state) || HELD.has(this._state);
    return this._done || !fits ? [] : this._insert(this._held, 0);
  }

  private _insert(bytes: Uint8Array, index: number): Uint8Array[] {
    this._done = true;
    return present(bytes.subarray(0, index), this._tag, bytes.subarray(index));
  }

  private readonly _tag: Uint8Array;
  private _state: State = START;
  private _held: Uint8Array = new Uint8Array(0);
  private _done = false;
}

function lowerCase(byte: number): string {
  return String.fromCharCode(byte).toLowerCase();
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) {
    return second;
  }
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** Chunks without those that are empty. */
function present(...chunks: Uint8Array[]): Uint8Array[] {
  return chunks.filter(chunk => chunk.length > 0);
}
