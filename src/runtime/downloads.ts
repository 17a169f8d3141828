/** The files of a start, from the store or from the site, with their progress. */

import type { IFile } from '../published';
import { DownloadFailure } from './failure';
import { unpack } from './gzip';
import { isUnpacked, WASM, type Store } from './store';

/** The bytes after which the speed of the connection is known. */
export const SAMPLE = 512 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

export class Downloads {
  /**
   * @param report - called with the bytes that have arrived and those that are needed
   * @param mode - `reload` to pass by what is stored, and the browser's HTTP cache, where
   * the site can be reached
   */
  constructor(
    private readonly _store: Store,
    private readonly _report: (loaded: number, total: number) => void,
    private readonly _mode: 'default' | 'reload' = 'default'
  ) {}

  /**
   * The speed of the connection in megabits per second, once `SAMPLE` bytes, or all, have
   * arrived; 0 if all files that were opened are stored.
   */
  async measure(): Promise<number> {
    await Promise.all(this._opening);
    return this._total === 0 ? 0 : this._measured;
  }

  /**
   * Open a file as a stream, unpacked.
   *
   * @throws DownloadFailure if it cannot be loaded; the stream fails with one if it is cut off.
   */
  async open(file: IFile): Promise<ReadableStream<Bytes>> {
    return (await this._open(file)).body!;
  }

  /** The bytes of a file, unpacked. */
  async bytes(file: IFile): Promise<Bytes> {
    return new Uint8Array(await (await this._open(file)).arrayBuffer());
  }

  /** Compile a WebAssembly file while it arrives. */
  async module(file: IFile): Promise<WebAssembly.Module> {
    const response = await this._open(file);
    try {
      return await WebAssembly.compileStreaming(asWasm(response));
    } catch (error) {
      if (this._fault !== null) {
        throw this._fault; // the error does not say which file it was
      }
      const { name, message } = error as Error;
      if (name === 'CompileError') {
        throw new DownloadFailure(
          `The file ${file.url} is no WebAssembly file: the site may be incomplete, so publish it again.`,
          message
        );
      }
      throw error;
    }
  }

  /**
   * Import a script, which the browser requests of the service worker.
   *
   * @throws DownloadFailure if it cannot be loaded, or is no script
   */
  async script<Module>(file: IFile): Promise<Module> {
    const url = this._store.base + file.url;
    // Neither the worker nor the HTTP cache knows this URL.
    const again = `${url}?${Date.now()}`;
    try {
      return (await (this._mode === 'default'
        ? import(url)
        : import(again).catch(() => import(url)))) as Module;
    } catch (error) {
      await this._fetch(file); // says what is wrong if that is the host or the network
      throw new DownloadFailure(
        `The file ${file.url} is no script: the site may be incomplete, so publish it again.`,
        String(error)
      );
    }
  }

  /** A response with the contents of a file, unpacked. */
  private _open(file: IFile): Promise<Response> {
    const opening = this._find(file);
    this._opening.push(opening.catch(() => undefined));
    return opening;
  }

  private async _find(file: IFile): Promise<Response> {
    const stored = await this._store.match(file.url);
    if (stored?.body && this._mode === 'default') {
      return opened(stored);
    }
    this._total += file.size;
    let response: Response;
    try {
      response = await this._fetch(file);
    } catch (error) {
      if (stored?.body) {
        this._total -= file.size;
        return opened(stored);
      }
      throw error;
    }
    const counted = response.body!.pipeThrough(this._count(file));
    return new Response(await unpack(counted));
  }

  private async _fetch(file: IFile): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this._store.base + file.url, {
        cache: this._mode
      });
    } catch {
      throw new DownloadFailure(
        `The file ${file.url} could not be loaded: check your connection, then retry.`
      );
    }
    if (!response.ok || response.body === null) {
      throw new DownloadFailure(
        `The site has no file ${file.url} (${response.status}): it may just have been updated, so retry; if that does not help, publish it again.`
      );
    }
    return response;
  }

  /** Count the bytes of a file, and check that they are all there. */
  private _count(file: IFile): TransformStream<Bytes, Bytes> {
    let size = 0;
    return new TransformStream({
      start: () => {
        this._began = this._began || performance.now();
        this._report(this._loaded, this._total);
      },
      transform: (chunk, controller) => {
        size += chunk.byteLength;
        this._loaded += chunk.byteLength;
        this._noteSpeed();
        this._report(this._loaded, this._total);
        controller.enqueue(chunk);
      },
      flush: controller => {
        this._noteSpeed();
        if (size !== file.size) {
          this._fault = new DownloadFailure(
            `The file ${file.url} has ${size} bytes instead of ${file.size}: retry, and if that does not help, publish the site again.`
          );
          controller.error(this._fault);
        }
      }
    });
  }

  private _noteSpeed(): void {
    if (this._loaded >= SAMPLE || this._loaded === this._total) {
      const time = Math.max(performance.now() - this._began, 1);
      this._setSpeed((this._loaded * 8) / 1000 / time);
    }
  }

  private _fault: DownloadFailure | null = null;
  private _loaded = 0;
  private _total = 0;
  private _began = 0;
  private readonly _opening: Promise<unknown>[] = [];
  private readonly _measured = new Promise<number>(resolve => {
    this._setSpeed = resolve;
  });
  declare private _setSpeed: (speed: number) => void;
}

/** A stored response, unpacked. */
async function opened(stored: Response): Promise<Response> {
  // As it is, browsers read it past JavaScript.
  return isUnpacked(stored) ? stored : new Response(await unpack(stored.body!));
}

/** The same response, of the type that `compileStreaming()` wants. */
function asWasm(response: Response): Response {
  return response.headers.get('content-type') === WASM
    ? response
    : new Response(response.body, { headers: { 'content-type': WASM } });
}
