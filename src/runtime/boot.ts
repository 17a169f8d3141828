/** The start of Pyodide without JupyterLab, from the files of a build. */

import type { IBundledFile } from './bundle';
import type {
  CreateModule,
  IFileSystem,
  IModule,
  IPyodide,
  LoadPyodide
} from './emscripten';
import { Files } from './files';
import { deserializeGlobal } from './globals';
import { LazyFiles } from './lazyFiles';
import type { Placeholder } from './lazyFiles';
import { loadSideModules, staticEnd } from './sideModules';
import type { ISideModule, Place } from './sideModules';
import { copyHeap, restoreHeap } from './snapshot';
import type { IFresh, ISnapshot, IStoredSnapshot } from './snapshot';
import { renewTimeZone } from './timeZone';
import { instantiateFrom, loadWithoutFetch } from './wasm';
import { WrittenFiles } from './writtenFiles';

export interface IBootOptions {
  /** From `pyodide.mjs`. */
  readonly loadPyodide: LoadPyodide;
  /** The default export of `pyodide.asm.mjs`. */
  readonly createModule: CreateModule | Promise<CreateModule>;
  /** `pyodide.asm.wasm`. */
  readonly wasm: WebAssembly.Module | Promise<WebAssembly.Module>;
  /** The `info` of Pyodide's lock file. */
  readonly info: Readonly<Record<string, string>>;
  /** A zip file with the standard library. */
  readonly stdlib: Bytes | Promise<Bytes>;
  /** Extension modules, in the same order in all starts of an app. */
  readonly libraries: readonly ISideModule[] | Promise<readonly ISideModule[]>;
  /** Python takes ownership of their bytes. */
  readonly files: readonly IBundledFile[] | Promise<readonly IBundledFile[]>;
  /** Files whose bytes come later, by `IRuntime.lazyFiles`. */
  readonly lazy?: {
    readonly placeholders:
      readonly Placeholder[] | Promise<readonly Placeholder[]>;
    /** See `LazyFiles`. */
    readonly load: () => readonly IBundledFile[];
  };
  readonly env: Readonly<Record<string, string>>;
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
  readonly snapshot?: IStoredSnapshot | Promise<IStoredSnapshot>;
  /** Called with the path of each file that Python opens. */
  readonly onOpen?: (path: string) => unknown;
  /** Whether `copyHeap()` will be called. */
  readonly willSnapshot: boolean;
  /** Called when a step is done, for timing. */
  readonly onMark?: (step: 'module' | 'files' | 'memory' | 'python') => void;
}

export interface IRuntime {
  readonly pyodide: IPyodide;
  /** The files of `lazy`. */
  readonly lazyFiles: LazyFiles;
  /** See `copyHeap()` of `snapshot.ts`. */
  copyHeap(): Promise<() => ISnapshot>;
}

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * What the loader fetches as its standard library, in a browser and in Node: nothing, as
 * we have the bytes.
 */
const NOTHING = 'data:,#://';

/** An error number of Emscripten, which follows WASI: EOPNOTSUPP. */
const NOT_SUPPORTED = 138;

/**
 * Start Python.
 *
 * @throws Error if anything fails; the thread is of no use for another start then.
 */
export async function boot(options: IBootOptions): Promise<IRuntime> {
  const start = new Start(options, await options.snapshot);
  const pyodide = await start.run();
  return {
    pyodide,
    lazyFiles: start.lazyFiles,
    copyHeap: () => copyHeap(pyodide, start.fresh)
  };
}

class Start {
  constructor(
    private readonly options: IBootOptions,
    private readonly snapshot: IStoredSnapshot | undefined
  ) {}

  lazyFiles!: LazyFiles;
  fresh!: IFresh;

  async run(): Promise<IPyodide> {
    const { options, snapshot } = this;
    const pyodide = await loadWithoutFetch(options.loadPyodide, {
      indexURL: NOTHING,
      stdLibURL: NOTHING,
      lockFileContents: { info: options.info, packages: {} },
      // Sets in a snapshot are sorted by hashes.
      env: { ...options.env, PYTHONHASHSEED: '0' },
      stdout: options.stdout,
      stderr: options.stderr,
      fsInit: () => this.prepare(),
      createPyodideModule: settings => this.createModule(settings),
      _loadSnapshot: snapshot && Uint8Array.from(snapshot.head.pyodide),
      _snapshotDeserializer: value => deserializeGlobal(value)
    });
    if (snapshot) {
      // The loader has put the working directory before the paths of the snapshot again.
      pyodide.runPython("__import__('sys').path.pop(0)");
    }
    options.onMark?.('python');
    return pyodide;
  }

  private async createModule(settings: IModule): Promise<IModule> {
    const { options, snapshot } = this;
    this.runtime = settings;
    const linked = instantiateFrom(settings, options.wasm, this.fail);
    settings.onRuntimeInitialized = () => this.beforePython();
    const create = await options.createModule;
    // Emscripten goes on, or waits for ever, if a step of ours fails.
    const runtime = await Promise.race([create(settings), this.failed]);
    options.onMark?.('module');
    if (snapshot) {
      await restoreHeap(runtime, this.places, snapshot);
      renewTimeZone(runtime, await linked);
      options.onMark?.('memory');
    }
    return runtime;
  }

  /** While there is a file system, but no code has run. */
  private async prepare(): Promise<void> {
    try {
      const { libraries, files, lazy, stdlib } = this.options;
      const { FS, SOCKFS } = this.runtime;
      // As in browsers; Emscripten's servers for Node end Python where `ws` is missing.
      SOCKFS.websocket_sock_ops.listen = () => {
        throw new FS.ErrnoError(NOT_SUPPORTED);
      };
      const modules = await libraries;
      const made = new Files(FS);
      // Python's import looks for them.
      modules.forEach(({ path }) => made.make(path, new Uint8Array(0)));
      this.places = loadSideModules(this.runtime, modules);
      (await files).forEach(({ path, data }) => made.make(path, data));
      this.lazyFiles = new LazyFiles(
        FS,
        (await lazy?.placeholders) ?? [],
        lazy?.load ?? (() => [])
      );
      this.stdlib = await stdlib;
      this.memory = this.options.willSnapshot
        ? this.runtime.HEAPU8.slice(0, staticEnd(this.runtime))
        : new Uint8Array(0);
      this.options.onMark?.('files');
    } catch (error) {
      this.fail(error);
    }
  }

  /** When the loader has put its standard library there, of which Python is not aware. */
  private beforePython(): void {
    const { API, FS, wasmTable } = this.runtime;
    const [major, minor] = API.pyVersionTuple;
    new Files(FS).make(`/lib/python${major}${minor}.zip`, this.stdlib);
    this.fresh = {
      memory: this.memory,
      places: this.places,
      tableEnd: wasmTable.length,
      written: new WrittenFiles(FS)
    };
    const { onOpen } = this.options;
    if (onOpen) {
      watchOpen(FS, onOpen);
    }
  }

  private fail!: (reason: unknown) => void;
  private readonly failed = new Promise<never>((_, reject) => {
    this.fail = reject;
  });
  private memory!: Bytes;
  private places!: Place[];
  private runtime!: IModule;
  private stdlib!: Bytes;
}

function watchOpen(
  fileSystem: IFileSystem,
  onOpen: (path: string) => unknown
): void {
  const open = fileSystem.open.bind(fileSystem);
  fileSystem.open = (...args) => {
    const stream = open(...args);
    onOpen(stream.path);
    return stream;
  };
}
