/** The parts that we use of Pyodide, and of Emscripten's runtime in it. */

export interface IPyodide {
  readonly FS: IFileSystem;
  readonly globals: {
    get(name: string): unknown;
    set(name: string, value: unknown): void;
  };
  readonly _api: IPyodideAPI;
  readonly _module: IModule;
  runPython(code: string): unknown;
  runPythonAsync(code: string): Promise<unknown>;
  pyimport(name: string): unknown;
  registerJsModule(name: string, module: object): void;
  toPy(value: unknown): unknown;
  makeMemorySnapshot(options: {
    serializer: (value: object) => unknown;
  }): Uint8Array<ArrayBuffer>;
}

export interface IPyodideAPI {
  /** What `loadPyodide` was given, and its defaults. */
  readonly config: { _makeSnapshot?: boolean; readonly BUILD_ID: string };
  /** Called when Python has crashed. */
  on_fatal?: ((error: unknown) => void) | undefined;
  /** Of Python; known before its standard library is installed. */
  readonly pyVersionTuple: readonly [number, number, number];
}

/** `loadPyodide` of `pyodide.mjs`. */
export type LoadPyodide = (options: ILoadPyodideOptions) => Promise<IPyodide>;

export interface ILoadPyodideOptions {
  indexURL: string;
  stdLibURL: string;
  lockFileContents: {
    info: Readonly<Record<string, string>>;
    packages: Record<string, never>;
  };
  env: Record<string, string>;
  stdout: (line: string) => void;
  stderr: (line: string) => void;
  fsInit: (fileSystem: IFileSystem) => Promise<void>;
  createPyodideModule: CreateModule;
  _loadSnapshot: Uint8Array<ArrayBuffer> | undefined;
  _snapshotDeserializer: (value: unknown) => unknown;
}

/** The default export of `pyodide.asm.mjs`; the settings become the module. */
export type CreateModule = (settings: IModule) => Promise<IModule>;

export type ReceiveInstance = (
  instance: WebAssembly.Instance,
  module: WebAssembly.Module
) => void;

export interface IModule {
  readonly API: IPyodideAPI;
  readonly FS: IFileSystem;
  readonly LDSO: {
    readonly loadedLibsByHandle: Record<string, ISharedObject | undefined>;
    readonly loadedLibsByName: Record<string, ISharedObject | undefined>;
  };
  readonly SOCKFS: { readonly websocket_sock_ops: { listen: () => void } };
  readonly HEAP32: Int32Array<ArrayBuffer>;
  readonly HEAPU32: Uint32Array<ArrayBuffer>;
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly freeTableIndexes: number[];
  /** Whether the engine can suspend WebAssembly, by JavaScript Promise Integration. */
  readonly jspiSupported: boolean;
  readonly wasmTable: WebAssembly.Table;
  instantiateWasm?: (
    imports: WebAssembly.Imports,
    receive: ReceiveInstance
  ) => object;
  onRuntimeInitialized?: () => void;
  /** The address of Python's state, `_PyRuntime`. */
  readonly __PyRuntime: number;
  /** The address of an offset in it, of the pointer to the engine's trampoline. */
  readonly __PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET: number;
  _emscripten_get_sbrk_ptr(): number;
  _free(pointer: number): void;
  _malloc(size: number): number;
  addFunction(value: WasmFunction): number;
  getEmptyTableSlot(): number;
  growMemory(size: number): 1 | undefined;
  loadWebAssemblyModule(
    module: WebAssembly.Module,
    flags: object,
    path: string,
    scope: object
  ): WebAssembly.Exports;
  newDSO(path: string, handle: undefined, exports: 'loading'): ISharedObject;
}

export type WasmFunction = (...values: unknown[]) => unknown;

/** A loaded `.so` file; `exports` is a word while it is being loaded. */
export interface ISharedObject {
  readonly name: string;
  exports: WebAssembly.Exports | 'loading';
  global: boolean;
}

export interface IFileSystem {
  readonly ErrnoError: new (errno: number) => Error;
  /** By file descriptor. */
  readonly streams: readonly (IStream | null | undefined)[];
  /** The `id` of the next node. */
  nextInode: number;
  closeStream(fd: number): void;
  dupStream(stream: IStream, fd: number): IStream;
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
  lookupPath(path: string, options?: { follow?: boolean }): { node: INode };
  mkdirTree(path: string): void;
  open(path: string, flags: number): IStream;
  writeFile(path: string, data: Uint8Array, options: { canOwn: boolean }): void;
}

export interface IStream {
  readonly fd: number;
  readonly flags: number;
  /** Pipes and sockets have nodes of their own. */
  readonly node: INode | undefined;
  readonly path: string;
  position: number;
}

/** A node of MEMFS. */
export interface INode {
  /** What Python sees as its inode. */
  id: number;
  readonly mode: number;
  /** The children of a folder; the bytes of a file, maybe with room after its end. */
  contents?: Record<string, INode> | Uint8Array<ArrayBuffer>;
  /** Milliseconds since the epoch. */
  mtime: number;
  readonly node_ops: {
    /** Makes a child of a folder. */
    mknod?(folder: INode, name: string, mode: number, device: 0): INode;
  };
  usedBytes?: number;
}
