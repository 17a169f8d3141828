/** One app, from its sources to what a browser starts from. */

import type { IRuntime } from '../runtime/boot';
import type { IBundledFile } from '../runtime/bundle';
import { zeroFree } from '../runtime/heap';
import type { ISideModule } from '../runtime/sideModules';
import type { ISnapshot } from '../runtime/snapshot';
import { load, renew } from '../runtime/python';
import { FOLDER, PACKAGES } from '../runtime/paths';
import { bytecodePath, moduleIndex } from './bytecode';
import { isOwn, partition } from './partition';
import {
  compilerOf,
  insideOf,
  type IInside,
  type IModules,
  type Pyodide
} from './python';

export interface IReport {
  /** What the app failed of, see `load()` in `published.py`; then there is nothing else. */
  readonly fault: string;
  /** The statuses of the responses, by path; 0 where there was none. */
  readonly statuses: Readonly<Record<string, number>>;
  /** How requests failed and what to do, by path, in words that end a sentence. */
  readonly failures: Readonly<Record<string, string>>;
  /** Names of modules that requests import. */
  readonly preload: readonly string[];
  /** Lines of the app that drew random numbers while it was imported. */
  readonly drew: readonly string[];
  /** Why there is no snapshot, or empty. */
  readonly refused: string;
}

export interface IPrepared {
  readonly first: readonly IBundledFile[];
  readonly rest: readonly IBundledFile[];
  readonly snapshot: ISnapshot | null;
  readonly report: IReport;
}

interface ISeen {
  readonly modules: readonly string[];
  readonly drew: readonly string[];
  readonly started: readonly string[];
}

interface IRun {
  readonly fault: string;
  readonly statuses: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, string>>;
  readonly preload: readonly string[];
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Frees what `load()` has left uncollected, lest visitors download it. */
const COLLECT = 'import gc; gc.unfreeze(); gc.collect(); gc.freeze()';

/** Our own package, which has no use for its docstrings. */
const PACKAGE = 'jupyterlite_asgi';

export class Preparation {
  /**
   * @param _sources - the app's own files, its packages' and the standard library
   * @param _app - see `load()` in `published.py`
   * @param _paths - what to request of it
   */
  constructor(
    private readonly _pyodide: Pyodide,
    private readonly _sources: readonly IBundledFile[],
    private readonly _libraries: readonly ISideModule[],
    private readonly _modules: IModules,
    private readonly _app: Readonly<Record<string, unknown>>,
    private readonly _paths: readonly string[]
  ) {}

  async run(): Promise<IPrepared> {
    const compiled = await this._compile();
    if (typeof compiled === 'string') {
      return failed(compiled);
    }
    const { seen, bytecode } = compiled;
    const files = [...this._sources, ...bytecode];
    const { opened, run } = await this._watch(files);
    const { first: found, rest } = partition(files, opened);
    const { library } = this._pyodide;
    const first = [...found, moduleIndex(found, [PACKAGES, library], library)];
    const made = await this._snapshot(first, rest, seen, run);
    return {
      first,
      rest,
      snapshot: made.snapshot,
      report: {
        fault: run.fault,
        statuses: run.statuses,
        failures: run.failures,
        preload: run.preload,
        drew: seen.drew,
        refused: made.refused
      }
    };
  }

  /** Start the app as a browser does; return which files that and its requests open. */
  private async _watch(
    files: readonly IBundledFile[]
  ): Promise<{ opened: ReadonlySet<string>; run: IRun }> {
    const opened = new Set<string>();
    let isWatching = true;
    const runtime = await this._pyodide.start(files, this._libraries, {
      modules: this._modules,
      onOpen: path => isWatching && opened.add(path)
    });
    await load(runtime.pyodide, this._app);
    // Visitors do not have what is imported here.
    isWatching = false;
    const inside = insideOf(runtime);
    isWatching = true;
    return { run: JSON.parse(await this._request(inside)) as IRun, opened };
  }

  /** Run the app, and compile all modules that it uses; return what it failed of, if so. */
  private async _compile(): Promise<
    { seen: ISeen; bytecode: IBundledFile[] } | string
  > {
    const runtime = await this._pyodide.start(this._sources, this._libraries, {
      modules: this._modules
    });
    const functions = insideOf(runtime);
    const fault = await functions.load(JSON.stringify(this._app));
    if (fault !== '') {
      return fault;
    }
    const run = JSON.parse(await this._request(functions)) as IRun;
    if (run.fault !== '') {
      return run.fault;
    }
    const known = new Set(this._sources.map(({ path }) => path));
    const seen = JSON.parse(functions.seen()) as ISeen;
    const used = seen.modules.filter(
      path => path.endsWith('.py') && known.has(path)
    );
    const files = used.map(path => [path, kept(path)]);
    compilerOf(runtime).compile_files(JSON.stringify(files));
    const bytecode = used.flatMap(path =>
      readIfThere(runtime, bytecodePath(path, this._pyodide.tag))
    );
    return { seen, bytecode };
  }

  private _request(inside: IInside): Promise<string> {
    return inside.run(String(this._app['name']), JSON.stringify(this._paths));
  }

  /** Make a snapshot, and try it; say why there is none, if so. */
  private async _snapshot(
    first: readonly IBundledFile[],
    rest: readonly IBundledFile[],
    seen: ISeen,
    run: IRun
  ): Promise<{ snapshot: ISnapshot | null; refused: string }> {
    if (seen.started.length > 0) {
      const refused = `${seen.started.join('; ')} started a timer, which a snapshot cannot hold`;
      return { snapshot: null, refused };
    }
    const later = {
      placeholders: rest.map(({ path, data }) => [path, data.length] as const),
      load: () => rest.map(({ path, data }) => ({ path, data: data.slice() }))
    };
    try {
      const runtime = await this._pyodide.start(first, this._libraries, later);
      const app = { ...this._app, preload: run.preload };
      await load(runtime.pyodide, app);
      runtime.pyodide.runPython(COLLECT);
      zeroFree(runtime.pyodide);
      const snapshot = (await runtime.copyHeap())();
      const restored = await this._pyodide.start(first, this._libraries, {
        ...later,
        modules: this._modules,
        snapshot
      });
      renew(restored.pyodide, FOLDER);
      const again = JSON.parse(await this._request(insideOf(restored))) as IRun;
      return again.fault === '' && sameStatuses(again, run)
        ? { snapshot, refused: '' }
        : { snapshot: null, refused: 'the app answers differently after it' };
    } catch (error) {
      const { message } = error as Error;
      return { snapshot: null, refused: message };
    }
  }
}

/**
 * What the bytecode of a module keeps, see `bytecode.py`. Packages may read their own
 * docstrings, for example as help; the standard library can do without (`python -OO`).
 */
function kept(path: string): 'all' | 'docstrings' | 'nothing' {
  if (isOwn(path)) {
    return 'all';
  }
  const isPackage =
    path.startsWith(PACKAGES) && !path.startsWith(`${PACKAGES}${PACKAGE}/`);
  return isPackage ? 'docstrings' : 'nothing';
}

/** A file that Python has written, unless it could not compile the module. */
function readIfThere({ pyodide }: IRuntime, path: string): IBundledFile[] {
  try {
    const { contents, usedBytes } = pyodide.FS.lookupPath(path).node;
    return [{ path, data: (contents as Bytes).slice(0, usedBytes) }];
  } catch {
    return [];
  }
}

function sameStatuses(one: IRun, other: IRun): boolean {
  return JSON.stringify(one.statuses) === JSON.stringify(other.statuses);
}

function failed(fault: string): IPrepared {
  const report = {
    fault,
    statuses: {},
    failures: {},
    preload: [],
    drew: [],
    refused: ''
  };
  return { first: [], rest: [], snapshot: null, report };
}
