/** Pyodide's own WebAssembly, given as a module instead of fetched by its loader. */

import type { IModule, LoadPyodide } from './emscripten';

/** What an instance was linked with, and what it provides. */
export interface ILinked {
  readonly imports: WebAssembly.Imports;
  readonly exports: WebAssembly.Exports;
}

/**
 * Have `settings` take `module`.
 *
 * @param fail - Called if it cannot be instantiated, which Emscripten has no word for.
 * @returns the instance, once there is one
 */
export function instantiateFrom(
  settings: IModule,
  module: WebAssembly.Module | Promise<WebAssembly.Module>,
  fail: (reason: unknown) => void
): Promise<ILinked> {
  let resolve: (linked: ILinked) => void;
  const linked = new Promise<ILinked>(given => {
    resolve = given;
  });
  settings.instantiateWasm = (imports, receive) => {
    const instantiate = async () => {
      // The mark of a failed call of JavaScript, as the loader makes it where it has no
      // WebAssembly of its own for that.
      const mark = Symbol('error marker');
      Object.assign(imports['env']!, {
        Jsv_GetError_import: () => mark,
        JsvError_Check: (value: unknown) => value === mark
      });
      const compiled = await module;
      const instance = await WebAssembly.instantiate(compiled, imports);
      resolve({ imports, exports: instance.exports });
      receive(instance, compiled);
    };
    instantiate().catch(fail);
    return {};
  };
  return linked;
}

/**
 * Call `loadPyodide` so that it does not fetch the WebAssembly.
 *
 * It leaves that to Emscripten's own code if that has an offset converter, a tool of
 * debugging builds; `instantiateFrom()` takes over then.
 */
export function loadWithoutFetch(
  loadPyodide: LoadPyodide,
  options: Parameters<LoadPyodide>[0]
): ReturnType<LoadPyodide> {
  const scope = globalThis as { WasmOffsetConverter?: unknown };
  scope.WasmOffsetConverter = null;
  return loadPyodide({
    ...options,
    createPyodideModule: settings => {
      delete scope.WasmOffsetConverter;
      return options.createPyodideModule(settings);
    }
  });
}
