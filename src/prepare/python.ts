/** Pyodide in Node.js, with an app, `inside.py` and `bytecode.py`. */

import { constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { unzipSync } from 'fflate';

import { boot, type IRuntime } from '../runtime/boot';
import type { IBundledFile } from '../runtime/bundle';
import type { CreateModule, LoadPyodide } from '../runtime/emscripten';
import type { Placeholder } from '../runtime/lazyFiles';
import type { ISideModule } from '../runtime/sideModules';
import type { ISnapshot } from '../runtime/snapshot';
import { environment, PACKAGES, stdlibFolder } from '../runtime/paths';

/** The functions of `inside.py`; texts are JSON. */
export interface IInside {
  load(config: string): Promise<string>;
  run(name: string, paths: string): Promise<string>;
  seen(): string;
}

/** The functions of `bytecode.py`. */
export interface ICompiler {
  compile_files(files: string): void;
}

/** The texts of our own modules that only the build uses. */
export interface IModules {
  readonly inside: Bytes;
  readonly bytecode: Bytes;
}

/** How their names begin in Python. */
const PREFIX = 'jupyterlite_asgi_';

/** An empty zip file, in place of the standard library's, which is in files. */
export const NO_ZIP = Uint8Array.from(
  [0x50, 0x4b, 5, 6].concat(Array<number>(18).fill(0))
);

type Bytes = Uint8Array<ArrayBuffer>;

/** One release of Pyodide, in a folder. */
export class Pyodide {
  static async open(folder: string): Promise<Pyodide> {
    allowConstants();
    const load = (name: string): Promise<unknown> =>
      import(pathToFileURL(join(folder, name)).href);
    const lock = JSON.parse(
      readFileSync(join(folder, 'pyodide-lock.json'), 'utf8')
    ) as { info: Record<string, string> };
    return new Pyodide(
      (await load('pyodide.mjs')) as { loadPyodide: LoadPyodide },
      (await load('pyodide.asm.mjs')) as { default: CreateModule },
      await WebAssembly.compile(readFileSync(join(folder, 'pyodide.asm.wasm'))),
      lock.info,
      readFileSync(join(folder, 'python_stdlib.zip'))
    );
  }

  private constructor(
    private readonly _loader: { loadPyodide: LoadPyodide },
    private readonly _glue: { default: CreateModule },
    private readonly _wasm: WebAssembly.Module,
    private readonly _info: Readonly<Record<string, string>>,
    private readonly _stdlib: Uint8Array
  ) {
    const [major, minor] = _info['python']!.split('.');
    /** The tag in the names of its bytecode files. */
    this.tag = `cpython-${major}${minor}`;
  }

  readonly tag: string;

  /** The folder of the standard library. */
  get library(): string {
    return stdlibFolder(this._info);
  }

  /** The standard library, as files. */
  get stdlib(): IBundledFile[] {
    return Object.entries(unzipSync(this._stdlib))
      .filter(([path]) => !path.endsWith('/'))
      .map(([path, data]) => ({
        path: this.library + path,
        data: data as Bytes
      }));
  }

  /** Start Python with these files, which it may change. */
  start(
    files: readonly IBundledFile[],
    libraries: readonly ISideModule[],
    more: {
      readonly modules?: IModules;
      readonly placeholders?: readonly Placeholder[];
      readonly load?: () => readonly IBundledFile[];
      readonly snapshot?: ISnapshot;
      readonly onOpen?: (path: string) => unknown;
    } = {}
  ): Promise<IRuntime> {
    const { modules = {}, snapshot, onOpen } = more;
    const ours = Object.entries(modules).map(([name, data]) => ({
      path: `${PACKAGES}${PREFIX}${name}.py`,
      data: data as Bytes
    }));
    return boot({
      loadPyodide: this._loader.loadPyodide,
      createModule: this._glue.default,
      wasm: this._wasm,
      info: this._info,
      stdlib: NO_ZIP.slice(),
      libraries,
      files: [...files, ...ours].map(copy),
      lazy: {
        placeholders: more.placeholders ?? [],
        load: more.load ?? (() => [])
      },
      env: environment(this._info),
      stdout: print,
      stderr: print,
      willSnapshot: snapshot === undefined,
      ...(onOpen === undefined ? {} : { onOpen }),
      ...(snapshot === undefined
        ? {}
        : {
            snapshot: {
              head: snapshot.head,
              chunks: (async function* () {
                yield snapshot.data;
              })()
            }
          })
    });
  }
}

/** The functions of `inside.py` in a Python that was started with it. */
export function insideOf({ pyodide }: IRuntime): IInside {
  return pyodide.pyimport(`${PREFIX}inside`) as IInside;
}

/** The functions of `bytecode.py` in a Python that was started with it. */
export function compilerOf({ pyodide }: IRuntime): ICompiler {
  return pyodide.pyimport(`${PREFIX}bytecode`) as ICompiler;
}

/**
 * Let Pyodide read the flags of files, for which it calls a function that Node.js forbids
 * when it runs with restricted rights.
 */
function allowConstants(): void {
  Object.defineProperty(process, 'binding', {
    configurable: true,
    value: () => ({ fs: constants })
  });
}

/** Python takes ownership of its files' bytes. */
function copy({ path, data }: IBundledFile): IBundledFile {
  return { path, data: data.slice() };
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
