/**
 * The start of a published app: from the visitor's own snapshot, else from the build's,
 * else from the bundle. Each of them is faster than the next.
 */

import { gunzipSync } from 'fflate';

import { publishedLock } from '../protocol';
import { STORED_HEADER } from '../published';
import type {
  FromRuntime,
  IFile,
  IManifest,
  IReady,
  IStart,
  Stage
} from '../published';
import { boot, type IBootOptions, type IRuntime } from './boot';
import { readBundle, type IBundledFile } from './bundle';
import { continueClock } from './clock';
import { Downloads } from './downloads';
import type { CreateModule, LoadPyodide } from './emscripten';
import { asFailure, DownloadFailure } from './failure';
import { isGzip } from './gzip';
import type { Placeholder } from './lazyFiles';
import { environment, FOLDER } from './paths';
import { load, renew, serve, useOf } from './python';
import type { ISnapshot } from './snapshot';
import { findSnapshot, type IFoundSnapshot } from './snapshots';
import { Store } from './store';

/** A file of the first bundle that is not Python's: the paths and sizes of the second's files. */
const REST = 'rest.json';

type Post = (message: FromRuntime) => void;

/** What every start loads. */
interface INeeds extends Pick<IBootOptions, 'libraries' | 'stdlib' | 'wasm'> {
  readonly loader: Promise<{ loadPyodide: LoadPyodide }>;
  readonly glue: Promise<{ default: CreateModule }>;
  readonly files: Promise<readonly IBundledFile[]>;
  /** Of the connection, in megabits per second; 0 where all is stored. */
  readonly speed: Promise<number>;
}

export class Start {
  static async open(order: IStart, post: Post): Promise<Start> {
    const base = new URL(order.base).pathname;
    const lock = publishedLock(base, order.manifest.name);
    // Held as long as this worker lives.
    const held = new Promise<never>(() => undefined);
    void navigator.locks.request(lock, () => held);
    return new Start(order, await Store.open(order.base), post);
  }

  private constructor(
    private readonly _order: IStart,
    private readonly _store: Store,
    private readonly _post: Post
  ) {
    this._manifest = _order.manifest;
    this._downloads = new Downloads(
      _store,
      (loaded, total) =>
        _post({ type: 'progress', stage: 'download', loaded, total }),
      _order.reload ? 'reload' : 'default'
    );
  }

  /** Start the app and serve it; never rejects. */
  async run(): Promise<void> {
    const needs = this._load();
    const found = await this._findSnapshot(needs.speed);
    let runtime: IRuntime;
    let copied: (() => ISnapshot) | null = null;
    try {
      runtime = await this._boot(found, needs);
      this._watchCrashes(runtime);
      if (found === null) {
        this._enter('import');
        await load(runtime.pyodide, this._manifest.app);
        copied = await this._copyHeap(runtime);
      } else {
        renew(runtime.pyodide, FOLDER);
      }
      this._enter('startup');
      await this._serve(runtime);
    } catch (error) {
      await this._fail(error, found);
      return;
    }
    this._runtime = runtime;
    const from = found?.from ?? 'bundle';
    this._post({
      type: 'ready',
      took: Math.round(Date.now() - performance.timeOrigin),
      from
    });
    await this._keep(runtime, copied, from);
  }

  /** Say how the app is used; nothing before it answers. */
  reportUse(): void {
    if (this._runtime === null) {
      return;
    }
    try {
      this._post({ type: 'use', ...useOf(this._runtime.pyodide) });
    } catch {
      // Something interrupts Python, so it is in use.
      this._post({ type: 'use', received: 0, running: 1 });
    }
  }

  /** Take the fastest snapshot that there is; null if the start is to be plain. */
  private async _findSnapshot(
    speed: Promise<number>
  ): Promise<IFoundSnapshot | null> {
    try {
      return this._order.plain
        ? null
        : await findSnapshot(
            this._manifest,
            this._store,
            this._downloads,
            speed
          );
    } catch (error) {
      this._log(`No snapshot can be read: ${asFailure(error).message}`);
      return null;
    }
  }

  /** Begin to load what all starts need, however they go on. */
  private _load(): INeeds {
    const { pyodide, stdlib, first, libraries } = this._manifest;
    const downloads = this._downloads;
    const wasm = downloads.module(pyodide.wasm);
    const needs = {
      wasm,
      // How fast the first file arrives decides on the build's snapshot.
      speed: Promise.race([downloads.measure(), wasm.then(() => 0)]),
      loader: downloads.script<{ loadPyodide: LoadPyodide }>(pyodide.loader),
      glue: downloads.script<{ default: CreateModule }>(pyodide.glue),
      files: downloads.bytes(first).then(readBundle),
      libraries: Promise.all(
        libraries.map(async library => ({
          path: library.path,
          module: await downloads.module(library)
        }))
      ),
      stdlib: downloads.bytes(stdlib)
    };
    // Whatever awaits these handles their errors.
    Object.values(needs).forEach(need => need.catch(() => undefined));
    return needs;
  }

  private async _boot(
    found: IFoundSnapshot | null,
    { loader, glue, wasm, stdlib, libraries, files }: INeeds
  ): Promise<IRuntime> {
    const { rest, pyodide } = this._manifest;
    const printed = (line: string) => this._log(line);
    const { loadPyodide } = await loader;
    if (found !== null) {
      continueClock(found.snapshot.head.clock);
    }
    return boot({
      loadPyodide,
      createModule: glue.then(module => module.default),
      wasm,
      info: pyodide.info,
      stdlib,
      libraries,
      files: files.then(all => all.filter(({ path }) => path !== REST)),
      lazy: {
        placeholders: files.then(placeholdersIn),
        load: () => (rest === null ? [] : this._loadNow(rest))
      },
      env: environment(pyodide.info),
      stdout: printed,
      stderr: printed,
      willSnapshot: found === null,
      ...(found === null ? {} : { snapshot: found.snapshot }),
      onMark: step => {
        if (step === 'files') {
          this._enter('python');
        }
      }
    });
  }

  /** Load a bundle while Python waits for one of its files. */
  private _loadNow(file: IFile): IBundledFile[] {
    const request = new XMLHttpRequest();
    request.open('GET', this._store.base + file.url, false);
    request.responseType = 'arraybuffer';
    request.setRequestHeader(STORED_HEADER, '1');
    request.send();
    if (request.status !== 200) {
      throw new Error(`${file.url}: ${request.status}`);
    }
    const bytes = new Uint8Array(request.response as ArrayBuffer);
    return readBundle(isGzip(bytes) ? gunzipSync(bytes) : bytes);
  }

  private async _copyHeap(
    runtime: IRuntime
  ): Promise<(() => ISnapshot) | null> {
    try {
      return await runtime.copyHeap();
    } catch (error) {
      this._log(`No snapshot can be made: ${asFailure(error).message}`);
      return null;
    }
  }

  private _watchCrashes({ pyodide }: IRuntime): void {
    pyodide._api.on_fatal = error =>
      this._post({
        type: 'failed',
        sentence: 'Python has crashed: retry, which starts it again.',
        detail: String(error)
      });
  }

  private async _serve({ pyodide }: IRuntime): Promise<void> {
    await serve(pyodide, this._order.base, () => this._post({ type: 'lost' }));
  }

  /** Report a failure; one of a snapshot, which is removed, only leads to a plain start. */
  private async _fail(
    error: unknown,
    found: IFoundSnapshot | null
  ): Promise<void> {
    const failure = asFailure(error);
    const { message, detail } = failure;
    if (found === null || failure instanceof DownloadFailure) {
      this._post({ type: 'failed', sentence: message, detail });
    } else {
      await this._store.dropSnapshot(this._manifest).catch(() => undefined);
      this._post({ type: 'again', reason: message });
    }
  }

  /** Get and keep what the next start needs, now that the app is there. */
  private async _keep(
    runtime: IRuntime,
    copied: (() => ISnapshot) | null,
    from: IReady['from']
  ): Promise<void> {
    const { name } = this._manifest;
    try {
      const isWhole = await this._provideRest(runtime);
      const { manifest, mayStore } = await this._store.latest(name);
      const isCurrent =
        manifest === null || manifest.build === this._manifest.build;
      if (!mayStore) {
        await this._store.forget(name);
      } else if (manifest !== null) {
        const withSnapshot = isCurrent && from === 'snapshot of the build';
        const isRenewed = this._order.reload || !isWhole;
        await this._store.adopt(manifest, withSnapshot, isRenewed);
      }
      if (mayStore && isCurrent && copied !== null) {
        await this._store.saveSnapshot(this._manifest, copied());
      }
    } catch (error) {
      // The next start takes longer, or starts the same build.
      this._log(`Not everything was stored: ${asFailure(error).message}`);
    }
    this._post({ type: 'kept' });
  }

  /** Get all files that no start needs; return whether they are whole. */
  private async _provideRest({ lazyFiles }: IRuntime): Promise<boolean> {
    const { rest } = this._manifest;
    if (rest === null || lazyFiles.complete) {
      return true;
    }
    try {
      const silent = new Downloads(this._store, () => undefined);
      lazyFiles.provide(readBundle(await silent.bytes(rest)));
      return true;
    } catch (error) {
      this._log(asFailure(error).message);
      return false;
    }
  }

  private _enter(stage: Stage): void {
    this._post({ type: 'progress', stage, loaded: 0, total: 0 });
  }

  private _log(text: string): void {
    this._post({ type: 'log', text });
  }

  /** The Python that serves the app, once it does. */
  private _runtime: IRuntime | null = null;
  private readonly _manifest: IManifest;
  private readonly _downloads: Downloads;
}

function placeholdersIn(files: readonly IBundledFile[]): Placeholder[] {
  const index = files.find(({ path }) => path === REST);
  return index === undefined
    ? []
    : (JSON.parse(new TextDecoder().decode(index.data)) as Placeholder[]);
}
