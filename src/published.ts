/**
 * Published apps: what the build says of each, and the messages between the shell, which
 * is the page of a published app, and the runtime, the worker that runs its Python.
 */

import { PREFIX } from './mount';
import { PACKAGE } from './protocol';

/** A file of the site that never changes: its URL has a hash of its contents. */
export interface IFile {
  /** The path relative to the site. */
  readonly url: string;
  /** Bytes to download. */
  readonly size: number;
}

/** A WebAssembly module with an extension module of Python. */
export interface ILibrary extends IFile {
  /** The path in Python's file system. */
  readonly path: string;
}

/** A copy of Python's memory after the import of the app. */
export interface ISnapshotFiles {
  /** A JSON file, see `IHeap`. */
  readonly head: IFile;
  readonly data: IFile;
}

/** The format of manifests; the shell refuses others. */
export const FORMAT = 1;

/** What the build says of a published app, in `static/asgi/<name>.json`. */
export interface IManifest {
  /** `FORMAT` at the time of the build. */
  readonly format: number;
  readonly name: string;
  readonly title: string;
  /** The path of a picture relative to the site; empty if there is none. */
  readonly icon: string;
  /** The path of the notebook in JupyterLab, relative to the site; empty if there is none. */
  readonly notebook: string;
  /** A text with the licenses of all that is published with the app, which no start loads. */
  readonly licenses: IFile;
  /** A hash of everything below, which names the build. */
  readonly build: string;
  readonly pyodide: {
    /** `pyodide.mjs`, `pyodide.asm.mjs` and `pyodide.asm.wasm`. */
    readonly loader: IFile;
    readonly glue: IFile;
    readonly wasm: IFile;
    /** The `info` of Pyodide's lock file. */
    readonly info: Readonly<Record<string, string>>;
  };
  /** A zip file with Python's standard library. */
  readonly stdlib: IFile;
  /** A bundle of the files that the app needs to start; see `readBundle`. */
  readonly first: IFile;
  /** A bundle of all other files, which are loaded after the start; null if there are none. */
  readonly rest: IFile | null;
  readonly libraries: readonly ILibrary[];
  readonly snapshot: ISnapshotFiles | null;
  /** What `jupyterlite_asgi.published.load()` takes. */
  readonly app: Readonly<Record<string, unknown>>;
  /** The scripts of the shell and of the runtime. */
  readonly scripts: { readonly shell: IFile; readonly runtime: IFile };
}

/** What the runtime is doing, in this order; from a snapshot it skips some. */
export type Stage = 'download' | 'python' | 'import' | 'startup';

/** From the shell to a new runtime, once. */
export interface IStart {
  readonly type: 'start';
  /** The URL of the site, with a trailing slash. */
  readonly base: string;
  readonly manifest: IManifest;
  /** Whether to start without any snapshot, as the last one failed. */
  readonly plain: boolean;
  /** Whether to load files past the browser's HTTP cache, as the last start failed. */
  readonly reload: boolean;
}

/** From the shell to its runtime, once the app answers: how is it used? */
export interface IAskUse {
  readonly type: 'use';
}

/** How the app is used. */
export interface IUse {
  readonly type: 'use';
  /** The requests that were received so far. */
  readonly received: number;
  /** Those of them that are not finished. */
  readonly running: number;
}

/** Bytes that were downloaded so far, or a stage that has begun. */
export interface IProgress {
  readonly type: 'progress';
  readonly stage: Stage;
  readonly loaded: number;
  /** The bytes of all files that this start needs; 0 if nothing is downloaded. */
  readonly total: number;
}

/** What Python has printed, or what a start from a snapshot failed of. */
export interface ILog {
  readonly type: 'log';
  readonly text: string;
}

/** The app answers requests. */
export interface IReady {
  readonly type: 'ready';
  /** Milliseconds from the start of the worker. */
  readonly took: number;
  /** Whether Python was started from a snapshot, and from whose. */
  readonly from: 'own snapshot' | 'snapshot of the build' | 'bundle';
}

/** What the next start needs is stored, as far as the browser allows it. */
export interface IKept {
  readonly type: 'kept';
}

/** The runtime has removed a faulty snapshot: start again in a new worker, with `plain`. */
export interface IAgain {
  readonly type: 'again';
  readonly reason: string;
}

/** The app did not start. */
export interface IFailed {
  readonly type: 'failed';
  /** One sentence: what happened and what to do. */
  readonly sentence: string;
  /** A traceback, or empty. */
  readonly detail: string;
}

/** A notebook has taken the name over. */
export interface ILost {
  readonly type: 'lost';
}

/**
 * From the service worker to the app's tabs: does your frame post a form to `url`? The
 * shell replies by the port whether it does.
 */
export interface IPosting {
  readonly type: 'posting';
  readonly url: string;
}

/** From the worker to the shell of that frame, by the same port: the app has responded. */
export interface IPosted {
  /** Where the frame gets the response, once; or, out of the app, where that redirects to. */
  readonly url: string;
  /** Where the form was posted to. */
  readonly form: string;
  /** Whether it is a page, no redirect to one. */
  readonly isPage: boolean;
}

/**
 * The type of the event by which the shell tells a page of the app that the reader has
 * agreed to leave it, so that its next `beforeunload` asks nothing.
 */
export const AGREED = `${PACKAGE} agreed`;

/** The path below which frames get the responses to their forms, relative to the site. */
export const POSTED = `${PREFIX}-/posted/`;

export type ToRuntime = IStart | IAskUse;
export type FromRuntime =
  IProgress | ILog | IReady | IUse | IKept | IAgain | IFailed | ILost;

/** The path of an app's manifest, relative to the site. */
export function manifestPath(name: string): string {
  return `static/asgi/${name}.json`;
}

/** The name of the cache with the files of the published apps of the site at `base`. */
export function cacheName(base: string): string {
  return `jupyterlite-asgi ${base} apps`;
}

/**
 * The header by which the runtime requests the shell page itself from the host, to store
 * it: whatever else is no navigation goes to the app.
 */
export const SHELL_HEADER = 'jupyterlite-asgi-shell';

/**
 * The header of a synchronous request for a file that the browser may have stored, where
 * the runtime cannot look itself.
 */
export const STORED_HEADER = 'jupyterlite-asgi-stored';
