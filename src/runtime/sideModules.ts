/**
 * Extension modules of Python, `.so` files, which are loaded before Python starts. Memory
 * is then handed out from the end of Pyodide's own data upwards, so the same modules in
 * the same order lie at the same addresses in every start, as a snapshot needs it.
 */

import type { IModule, ISharedObject, WasmFunction } from './emscripten';

/** An extension module, with its path in Python's file system. */
export interface ISideModule {
  readonly path: string;
  readonly module: WebAssembly.Module;
}

/** Where a side module lies: the ends of its part of the memory and of the table. */
export type Place = readonly [path: string, memory: number, table: number];

/** What Emscripten knows of side modules outside of the memory. */
export interface ISideModules {
  readonly places: readonly Place[];
  /** Which module Python has opened by which handle. */
  readonly handles: readonly (readonly [handle: string, path: string])[];
  /** Functions that Python has looked up: index in the table, module, name. */
  readonly functions: readonly (readonly [
    index: number,
    path: string,
    name: string
  ])[];
}

/**
 * Load `modules`, in order; to be called while the file system is prepared.
 *
 * @throws Error if a module needs a shared library, or was built for another Pyodide.
 */
export function loadSideModules(
  runtime: IModule,
  modules: readonly ISideModule[]
): Place[] {
  return modules.map(({ path, module }) => {
    const shared = runtime.newDSO(path, undefined, 'loading');
    shared.global = false;
    shared.exports = runtime.loadWebAssemblyModule(module, {}, path, {});
    return [path, staticEnd(runtime), runtime.wasmTable.length];
  });
}

/** The end of the data of Pyodide and of the side modules; from here on lies the heap. */
export function staticEnd(runtime: IModule): number {
  return runtime.HEAPU32[runtime._emscripten_get_sbrk_ptr() >>> 2]!;
}

/**
 * What a snapshot has to keep of the side modules.
 *
 * @param tableEnd - The length of the table before Python was started.
 * @throws Error if Python has loaded others, or has functions that cannot be kept.
 */
export function keepSideModules(
  runtime: IModule,
  places: readonly Place[],
  tableEnd: number
): ISideModules {
  const { loadedLibsByHandle, loadedLibsByName } = runtime.LDSO;
  const known = new Set(places.map(([path]) => path));
  const late = Object.values(loadedLibsByName).find(
    shared => shared && shared.name !== MAIN && !known.has(shared.name)
  );
  if (late) {
    throw new Error(
      `The extension module ${late.name} was not loaded before Python: list it among the libraries of the app.`
    );
  }
  const handles = Object.entries(loadedLibsByHandle).flatMap(
    ([handle, shared]) =>
      shared && shared.name !== MAIN ? [[handle, shared.name] as const] : []
  );
  const names = new Map<unknown, readonly [string, string]>();
  for (const [path] of places) {
    for (const [name, value] of exportsOf(loadedLibsByName[path])) {
      names.set(value, [path, name]);
    }
  }
  const free = new Set(runtime.freeTableIndexes);
  const functions: [number, string, string][] = [];
  for (let index = tableEnd; index < runtime.wasmTable.length; index++) {
    const name = names.get(runtime.wasmTable.get(index));
    if (name) {
      functions.push([index, ...name]);
    } else if (!free.has(index)) {
      throw new Error(
        'A callback of ctypes or cffi is in use, which a snapshot cannot hold: create it after the start of the app.'
      );
    }
  }
  return { places, handles, functions };
}

/**
 * Put back what `keepSideModules()` has kept.
 *
 * @throws Error if the modules do not lie where they lay.
 */
export function restoreSideModules(
  runtime: IModule,
  places: readonly Place[],
  kept: ISideModules
): void {
  if (JSON.stringify(places) !== JSON.stringify(kept.places)) {
    throw new Error(
      'The snapshot was made with other extension modules: make it again.'
    );
  }
  const { loadedLibsByHandle, loadedLibsByName } = runtime.LDSO;
  for (const [handle, path] of kept.handles) {
    loadedLibsByHandle[handle] = loadedLibsByName[path];
  }
  const free: number[] = [];
  for (const [index, path, name] of kept.functions) {
    const value = exportsOf(loadedLibsByName[path]).find(
      ([key]) => key === name
    )?.[1];
    // Functions get the next index of the table, but for gaps of freed ones.
    while (runtime.wasmTable.length < index) {
      free.push(runtime.wasmTable.grow(1));
    }
    if (!value || runtime.addFunction(value) !== index) {
      throw new Error(
        `The snapshot does not fit the extension module ${path}: make it again.`
      );
    }
  }
  runtime.freeTableIndexes.push(...free);
}

/** The name under which Emscripten lists Pyodide itself. */
const MAIN = '__main__';

function exportsOf(
  shared: ISharedObject | undefined
): (readonly [string, WasmFunction])[] {
  return Object.entries(shared?.exports ?? {}).filter(
    (entry): entry is [string, WasmFunction] => typeof entry[1] === 'function'
  );
}
