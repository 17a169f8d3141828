/** The published apps that this browser keeps, in Cache Storage. */

import {
  cacheName,
  FORMAT,
  manifestPath,
  SHELL_HEADER,
  type IFile,
  type IManifest
} from '../published';
import { PREFIX } from '../mount';
import { unpackWhole } from './gzip';
import { allFilesOf, filesOf, packedFilesOf } from './manifest';
import type { IHeap, ISnapshot, IStoredSnapshot } from './snapshot';

/** The most bytes of all apps of a site; those that were used least recently go. */
export const LIMIT = 400 * 1024 * 1024;

/** A header of stored manifests: when the app was last used, in milliseconds since the epoch. */
const USED = 'x-used';

/** A header of what is not stored as the site has it: its bytes. */
const SIZE = 'x-size';

/** The type that `WebAssembly.compileStreaming()` wants. */
export const WASM = 'application/wasm';

/** The page itself is wanted, not the app's. */
const PAGE = { [SHELL_HEADER]: '1' };

const SNAPSHOTS = 'static/asgi/snapshots/';
const FILES = 'static/asgi/files/';

export interface ILatest {
  /** The present build; null if the site cannot be reached or has the app no more. */
  readonly manifest: IManifest | null;
  /** Whether the host allows to store it (RFC 9111, section 5.2.2.5). */
  readonly mayStore: boolean;
}

/**
 * Everything of one site. Files never change, so what is stored is what the site has; an
 * app's manifest is stored after all of its files, so that a build is there as a whole or
 * not at all.
 */
export class Store {
  /** Open the store; without Cache Storage, as in some private windows, it stays empty. */
  static async open(base: string): Promise<Store> {
    const name = cacheName(new URL(base).pathname);
    try {
      return new Store(base, await caches.open(name));
    } catch {
      return new Store(base, null);
    }
  }

  private constructor(
    readonly base: string,
    private readonly _cache: Cache | null
  ) {}

  /** The stored response for a path of the site; see `isUnpacked()`. */
  async match(path: string): Promise<Response | undefined> {
    return this._cache?.match(this.base + path);
  }

  /** The visitor's own snapshot of this build; null if there is none. */
  async snapshot(manifest: IManifest): Promise<IStoredSnapshot | null> {
    const head = await this.match(headPath(manifest));
    const data = await this.match(dataPath(manifest));
    if (!head || !data?.body) {
      return null;
    }
    return { head: (await head.json()) as IHeap, chunks: chunksOf(data.body) };
  }

  /** Store the visitor's own snapshot. */
  async saveSnapshot(manifest: IManifest, made: ISnapshot): Promise<void> {
    await this._put(
      dataPath(manifest),
      new Response(made.data, {
        headers: { [SIZE]: String(made.data.byteLength) }
      })
    );
    await this._put(
      headPath(manifest),
      new Response(JSON.stringify(made.head))
    );
  }

  /** Remove the visitor's own snapshot. */
  async dropSnapshot(manifest: IManifest): Promise<void> {
    await this._cache?.delete(this.base + headPath(manifest));
    await this._cache?.delete(this.base + dataPath(manifest));
  }

  /**
   * Store a build of an app, in place of the previous one, then remove what no app needs.
   *
   * @param withSnapshot - whether to store the build's snapshot, too
   * @param isRenewed - whether to load again what is stored, which may be damaged
   * @throws Error if a file is missing or has another size, or the browser's quota is used
   * up; the previous build stays then.
   */
  async adopt(
    manifest: IManifest,
    withSnapshot: boolean,
    isRenewed = false
  ): Promise<void> {
    const cache = this._cache;
    if (cache === null) {
      return;
    }
    await this._locked(async () => {
      const files = withSnapshot ? allFilesOf(manifest) : filesOf(manifest);
      const packed = new Set(packedFilesOf(manifest).map(({ url }) => url));
      await Promise.all([
        ...files.map(file =>
          this._download(file, packed.has(file.url), isRenewed)
        ),
        ...iconOf(manifest).map(path => this._downloadIcon(path))
      ]);
      const page = `${PREFIX}${encodeURIComponent(manifest.name)}/`;
      await this._put(page, await this._fetch(page, 'no-cache', PAGE));
      await this._put(
        manifestPath(manifest.name),
        new Response(JSON.stringify(manifest), {
          headers: {
            'content-type': 'application/json',
            [USED]: String(Date.now())
          }
        })
      );
      await this._prune(cache, manifest.name);
    });
  }

  /** Change the store while no other page or runtime does. */
  private async _locked(change: () => Promise<void>): Promise<void> {
    const name = cacheName(new URL(this.base).pathname);
    await navigator.locks.request(name, change);
  }

  /** What the site has now for the app. */
  async latest(name: string): Promise<ILatest> {
    try {
      const response = await this._fetch(manifestPath(name), 'no-cache');
      const policy = response.headers.get('cache-control') ?? '';
      return {
        manifest: (await response.json()) as IManifest,
        mayStore: !/(^|[\s,])no-store([\s,]|$)/i.test(policy)
      };
    } catch {
      return { manifest: null, mayStore: true };
    }
  }

  /** Remove what is stored of an app. */
  async forget(name: string): Promise<void> {
    const cache = this._cache;
    if (cache !== null && (await this.match(manifestPath(name)))) {
      await this._locked(async () => {
        await cache.delete(this.base + manifestPath(name));
        await this._prune(cache, name);
      });
    }
  }

  private async _download(
    { url, size }: IFile,
    isPacked: boolean,
    isRenewed: boolean
  ): Promise<void> {
    if (!isRenewed && (await this.match(url)) !== undefined) {
      return;
    }
    const response = await this._fetch(url, isRenewed ? 'reload' : 'default');
    const copy = response.clone();
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length !== size) {
      throw new Error(`${url} has ${bytes.length} bytes instead of ${size}`);
    }
    await this._put(url, isPacked ? await unpacked(url, bytes) : copy);
  }

  private async _downloadIcon(path: string): Promise<void> {
    if ((await this.match(path)) === undefined) {
      await this._put(path, await this._fetch(path, 'default'));
    }
  }

  private async _fetch(
    path: string,
    cache: RequestCache,
    headers: Record<string, string> = {}
  ): Promise<Response> {
    const response = await fetch(this.base + path, { cache, headers });
    if (!response.ok) {
      throw new Error(`${path}: ${response.status}`);
    }
    return response;
  }

  private async _put(path: string, response: Response): Promise<void> {
    await this._cache?.put(this.base + path, response);
  }

  /** The bytes that are stored of an app. */
  private async _sizeOf(manifest: IManifest): Promise<number> {
    const own = { url: dataPath(manifest), size: 0 };
    const sizes = [own, ...allFilesOf(manifest)].map(async ({ url, size }) => {
      const stored = await this.match(url);
      return stored ? Number(stored.headers.get(SIZE) ?? size) : 0;
    });
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  /** Remove what belongs to no stored build, and the apps that were used least recently. */
  private async _prune(cache: Cache, current: string): Promise<void> {
    const keys = (await cache.keys()).map(({ url }) => url);
    const paths = keys.map(url => url.slice(this.base.length));
    const stored: { manifest: IManifest; used: number; size: number }[] = [];
    for (const path of paths.filter(isManifest)) {
      const response = await this.match(path);
      const manifest = await read(response);
      if (manifest === null) {
        continue; // unreadable, so it goes
      }
      const used = Number(response?.headers.get(USED));
      stored.push({ manifest, used, size: await this._sizeOf(manifest) });
    }
    stored.sort((one, other) => other.used - one.used);
    const wanted = new Set<string>();
    let total = 0;
    for (const { manifest, size } of stored) {
      total += size;
      if (total <= LIMIT || manifest.name === current) {
        wanted.add(manifestPath(manifest.name));
        wanted.add(`${PREFIX}${encodeURIComponent(manifest.name)}/`);
        wanted.add(headPath(manifest)).add(dataPath(manifest));
        allFilesOf(manifest).forEach(({ url }) => wanted.add(url));
        iconOf(manifest).forEach(path => wanted.add(path));
      }
    }
    await Promise.all(
      paths
        .filter(path => isOurs(path) && !wanted.has(path))
        .map(path => cache.delete(this.base + path))
    );
  }
}

/** The manifest that was stored; null if it is damaged, or of another version. */
async function read(response: Response | undefined): Promise<IManifest | null> {
  const manifest = (await response?.json().catch(() => null)) as unknown;
  const { format } = Object(manifest) as Partial<IManifest>;
  return format === FORMAT ? (manifest as IManifest) : null;
}

/** Whether a stored file was unpacked before. */
export function isUnpacked({ headers }: Pick<Response, 'headers'>): boolean {
  return headers.has(SIZE);
}

async function unpacked(
  path: string,
  packed: Uint8Array<ArrayBuffer>
): Promise<Response> {
  const bytes = await unpackWhole(new Response(packed).body!);
  const isWasm = path.includes('.wasm.');
  return new Response(bytes, {
    headers: {
      'content-type': isWasm ? WASM : 'application/octet-stream',
      [SIZE]: String(bytes.length)
    }
  });
}

function iconOf({ icon }: IManifest): string[] {
  return icon === '' ? [] : [icon];
}

function isManifest(path: string): boolean {
  return /^static\/asgi\/[^/]+\.json$/.test(path);
}

function isOurs(path: string): boolean {
  return (
    [FILES, SNAPSHOTS, PREFIX].some(folder => path.startsWith(folder)) ||
    isManifest(path)
  );
}

function snapshotPath({ name, build }: IManifest): string {
  return `${SNAPSHOTS}${encodeURIComponent(name)}/${build}/`;
}

function headPath(manifest: IManifest): string {
  return `${snapshotPath(manifest)}head.json`;
}

function dataPath(manifest: IManifest): string {
  return `${snapshotPath(manifest)}data`;
}

/** The chunks of a stream, which WebKit does not iterate. */
export async function* chunksOf(
  stream: ReadableStream<Uint8Array>
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    yield value;
  }
}
