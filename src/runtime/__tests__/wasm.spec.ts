import type { ILoadPyodideOptions, IModule, IPyodide } from '../emscripten';
import { instantiateFrom, loadWithoutFetch } from '../wasm';

/** Imports env.JsvError_Check. */
const compiled = new WebAssembly.Module(
  Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // header
    ...[1, 6, 1, 0x60, 1, 0x6f, 1, 0x7f], // type: (externref) -> i32
    ...[
      2,
      22,
      1,
      3,
      ...Buffer.from('env'),
      14,
      ...Buffer.from('JsvError_Check')
    ],
    ...[0, 0]
  )
);

type Imports = { env: Record<string, (value?: unknown) => unknown> };

it('instantiates the module with the marks of the loader', async () => {
  const settings = {} as IModule;
  const imports: Imports = { env: {} };
  const instance = await new Promise((resolve, reject) => {
    void instantiateFrom(settings, Promise.resolve(compiled), reject);
    settings.instantiateWasm!(imports as WebAssembly.Imports, resolve);
  });
  expect(instance).toBeInstanceOf(WebAssembly.Instance);
  const { Jsv_GetError_import: mark, JsvError_Check: check } = imports.env;
  expect(check!(mark!())).toBe(true);
  expect(check!(Symbol('error marker'))).toBe(false);
});

it('reports that the module cannot be had', async () => {
  const settings = {} as IModule;
  const failure = new Promise(resolve => {
    void instantiateFrom(
      settings,
      Promise.reject(new Error('offline')),
      resolve
    );
    settings.instantiateWasm!({ env: {} }, () => undefined);
  });
  await expect(failure).resolves.toThrow('offline');
});

it('keeps the loader from fetching only until it has begun', async () => {
  const scope = globalThis as { WasmOffsetConverter?: unknown };
  const seen: string[] = [];
  const load = async (options: ILoadPyodideOptions): Promise<IPyodide> => {
    seen.push(typeof scope.WasmOffsetConverter);
    await options.createPyodideModule({} as IModule);
    return {} as IPyodide;
  };
  const createPyodideModule = async (settings: IModule): Promise<IModule> => {
    seen.push(typeof scope.WasmOffsetConverter);
    return settings;
  };
  await loadWithoutFetch(load, { createPyodideModule } as ILoadPyodideOptions);
  expect(seen).toEqual(['object', 'undefined']);
});
