/**
 * Snapshots: Python's memory after the import of an app, and what belongs to it in
 * JavaScript. They suit the very build of Pyodide, and the extension modules, that they
 * were made with.
 */

import { concatenate } from './bytes';
import type { IModule, IPyodide } from './emscripten';
import { globalsSerializer } from './globals';
import { checkHeap, fill, packHeap, prepareHeap } from './heap';
import type { ILayout } from './heap';
import { keepOpenFiles, reopenFiles } from './openFiles';
import type { IOpenFile } from './openFiles';
import { keepSideModules, restoreSideModules } from './sideModules';
import type { ISideModules, Place } from './sideModules';
import { restoreFile } from './writtenFiles';
import type { WrittenFiles } from './writtenFiles';

/** All of a snapshot but its data; JSON. */
export interface IHeap {
  /** The monotonic clock when the memory was copied, in milliseconds; see `clock.ts`. */
  readonly clock: number;
  /** What Pyodide keeps of the objects of JavaScript, and which build it is. */
  readonly pyodide: readonly number[];
  readonly layout: ILayout;
  /** Whether Python can wait for promises, which it asks at its start. */
  readonly stackSwitching: boolean;
  readonly sideModules: ISideModules;
  /** What Python has written, whose bytes come after those of the memory. */
  readonly folders: readonly string[];
  readonly files: readonly (readonly [
    path: string,
    size: number,
    inode: number
  ])[];
  readonly openFiles: readonly IOpenFile[];
}

/** A snapshot to be stored. */
export interface ISnapshot {
  readonly head: IHeap;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** A stored snapshot. */
export interface IStoredSnapshot {
  readonly head: IHeap;
  /** The data, unpacked, in pieces of any size. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What a start has to remember for a snapshot that may be made of it. */
export interface IFresh {
  /** The beginning of the memory before any code has run. */
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly places: readonly Place[];
  readonly tableEnd: number;
  readonly written: WrittenFiles;
}

/** How often to look whether Python has let go of JavaScript's callbacks. */
const ATTEMPTS = 4;

/**
 * Copy Python's memory, soon: what Python has just been awaited for still holds the
 * functions that settle a promise.
 *
 * @returns What makes a snapshot of the copy, which takes longer, and can wait.
 * @throws Error, with a sentence, if something cannot be kept.
 */
export async function copyHeap(
  pyodide: IPyodide,
  fresh: IFresh
): Promise<() => ISnapshot> {
  for (let attempt = 1; ; attempt++) {
    await new Promise(resolve => setTimeout(resolve));
    try {
      return copyNow(pyodide, fresh);
    } catch (error) {
      if (attempt === ATTEMPTS) {
        throw error;
      }
    }
  }
}

function copyNow(pyodide: IPyodide, fresh: IFresh): () => ISnapshot {
  const runtime = pyodide._module;
  const clock = performance.now();
  const openFiles = keepOpenFiles(runtime.FS);
  const sideModules = keepSideModules(runtime, fresh.places, fresh.tableEnd);
  const whole = copyMemory(pyodide);
  const start = new DataView(whole.buffer).getUint32(4, true);
  const { folders, files } = fresh.written.copy();
  return () => {
    const { layout, data } = packHeap(whole.subarray(start), fresh.memory);
    const head = {
      clock,
      pyodide: [...whole.subarray(0, start)],
      layout,
      stackSwitching: runtime.jspiSupported,
      sideModules,
      folders,
      files: files.map(
        ({ path, data, inode }) => [path, data.length, inode] as const
      ),
      openFiles
    };
    const parts = [data, ...files.map(file => file.data)];
    return { head, data: concatenate(parts) };
  };
}

/**
 * Bring a snapshot into a fresh runtime whose Python was not started.
 *
 * @throws Error if the snapshot does not suit it, or is damaged.
 */
export async function restoreHeap(
  runtime: IModule,
  places: readonly Place[],
  { head, chunks }: IStoredSnapshot
): Promise<void> {
  if (runtime.jspiSupported && !head.stackSwitching) {
    throw new Error(
      'The snapshot was made without stack switching, which this browser has: make it again, in Node.js with --experimental-wasm-jspi.'
    );
  }
  restoreSideModules(runtime, places, head.sideModules);
  const missing = head.layout.length - runtime.HEAPU8.length;
  if (missing > 0 && !runtime.growMemory(head.layout.length)) {
    throw new RangeError(
      `The browser gave no memory for the snapshot, which needs ${head.layout.length} bytes: close other pages.`
    );
  }
  // It belongs to this engine.
  const trampoline = trampolineIndex(runtime);
  const pointer = runtime.HEAP32[trampoline]!;
  const parts = prepareHeap(runtime.HEAPU8, head.layout);
  const files = head.files.map(([, size]) => new Uint8Array(size));
  await fill([...parts, ...files], chunks);
  checkHeap(parts, head.layout);
  runtime.HEAP32[trampoline] = pointer;
  for (const folder of head.folders) {
    runtime.FS.mkdirTree(folder);
  }
  head.files.forEach(([path, , inode], index) =>
    restoreFile(runtime.FS, { path, data: files[index]!, inode })
  );
  reopenFiles(runtime.FS, head.openFiles);
}

/** Pyodide's header, then the memory. */
function copyMemory(pyodide: IPyodide): Uint8Array<ArrayBuffer> {
  const { config } = pyodide._api;
  const before = config._makeSnapshot;
  // From the start on, this would put a proxy before each object of JavaScript.
  config._makeSnapshot = true;
  try {
    return pyodide.makeMemorySnapshot({ serializer: globalsSerializer() });
  } finally {
    config._makeSnapshot = before;
  }
}

function trampolineIndex(runtime: IModule): number {
  const offset =
    runtime.HEAP32[runtime.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >>> 2]!;
  return (runtime.__PyRuntime + offset) >>> 2;
}
