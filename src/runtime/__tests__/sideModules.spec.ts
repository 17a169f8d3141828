import type { IModule, ISharedObject, WasmFunction } from '../emscripten';
import {
  keepSideModules,
  loadSideModules,
  restoreSideModules,
  type ISideModule
} from '../sideModules';

/** The smallest module, instead of one of Python's. */
const compiled = new WebAssembly.Module(
  Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
);
const modules: ISideModule[] = ['/a.so', '/b.so'].map(path => ({
  path,
  module: compiled
}));

/** What Emscripten does with side modules, in a table of JavaScript's functions. */
function runtimeOf(memory = 16) {
  const HEAPU32 = Uint32Array.of(memory);
  const table: unknown[] = [null];
  const byName: Record<string, ISharedObject> = {};
  const byHandle: Record<string, ISharedObject> = {};
  const main = { name: '__main__', exports: {}, global: true };
  byName['__main__'] = byHandle['0'] = main;
  const freeTableIndexes: number[] = [];
  const fake = {
    HEAPU32,
    LDSO: { loadedLibsByHandle: byHandle, loadedLibsByName: byName },
    freeTableIndexes,
    wasmTable: {
      get length() {
        return table.length;
      },
      get: (index: number) => table[index],
      grow: (count: number) => table.push(...Array(count).fill(null)) - count
    },
    _emscripten_get_sbrk_ptr: () => 0,
    addFunction(value: WasmFunction) {
      const index = freeTableIndexes.pop() ?? table.push(null) - 1;
      table[index] = value;
      return index;
    },
    loadWebAssemblyModule(_: WebAssembly.Module, flags: object, path: string) {
      HEAPU32[0]! += 32;
      table.push(() => path);
      return { PyInit: () => path, other: () => path, data: {} };
    },
    newDSO: (name: string) =>
      (byName[name] = { name, exports: 'loading', global: true })
  };
  return { runtime: fake as unknown as IModule, byHandle, byName, table };
}

function exported(
  { byName }: ReturnType<typeof runtimeOf>,
  path: string,
  name: string
) {
  return (byName[path]!.exports as Record<string, WasmFunction>)[name]!;
}

it('loads modules in order, seen by nobody but who opens them', () => {
  const { runtime, byName } = runtimeOf();
  expect(loadSideModules(runtime, modules)).toEqual([
    ['/a.so', 48, 2],
    ['/b.so', 80, 3]
  ]);
  expect(byName['/a.so']).toMatchObject({ global: false, name: '/a.so' });
});

it('restores handles and looked-up functions, with gaps', () => {
  const before = runtimeOf();
  const places = loadSideModules(before.runtime, modules);
  before.byHandle['4711'] = before.byName['/b.so']!;
  before.table.push(null, exported(before, '/b.so', 'PyInit'));
  before.runtime.freeTableIndexes.push(3);
  const kept = keepSideModules(before.runtime, places, 3);
  expect(kept.functions).toEqual([[4, '/b.so', 'PyInit']]);

  const after = runtimeOf();
  const stored = JSON.parse(JSON.stringify(kept)) as typeof kept;
  restoreSideModules(
    after.runtime,
    loadSideModules(after.runtime, modules),
    stored
  );
  expect(after.byHandle['4711']).toBe(after.byName['/b.so']);
  expect(after.table[4]).toBe(exported(after, '/b.so', 'PyInit'));
  expect(after.runtime.freeTableIndexes).toEqual([3]);
});

it('refuses modules at other addresses', () => {
  const before = runtimeOf();
  const places = loadSideModules(before.runtime, modules);
  const kept = keepSideModules(before.runtime, places, 3);
  for (const [memory, others] of [
    [32, modules],
    [16, [...modules].reverse()],
    [16, modules.slice(1)]
  ] as const) {
    const { runtime } = runtimeOf(memory);
    const now = loadSideModules(runtime, others);
    expect(() => restoreSideModules(runtime, now, kept)).toThrow(
      'other extension modules'
    );
  }
});

it('refuses a module that Python has loaded itself', () => {
  const { runtime } = runtimeOf();
  const places = loadSideModules(runtime, modules.slice(1));
  loadSideModules(runtime, modules.slice(0, 1));
  expect(() => keepSideModules(runtime, places, 3)).toThrow('/a.so was not');
});

it('refuses callbacks', () => {
  const { runtime, table } = runtimeOf();
  const places = loadSideModules(runtime, modules);
  table.push(() => undefined);
  expect(() => keepSideModules(runtime, places, 3)).toThrow('callback');
});
