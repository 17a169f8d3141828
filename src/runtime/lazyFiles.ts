/**
 * Files that exist from the start while their bytes are still on their way. Python finds
 * them in folders with their size; whoever reads one first has to wait for its bytes.
 */

import type { IBundledFile } from './bundle';
import type { IFileSystem, INode } from './emscripten';
import { Files } from './files';

/** What a file may be before its bytes are there. */
export type Placeholder = readonly [path: string, size: number];

/** An error number of Emscripten, which follows WASI: input or output failed. */
const EIO = 29;

/** The placeholders of one bundle in one file system. */
export class LazyFiles {
  /**
   * @param load - What gives, synchronously, all files of the bundle. It is called at
   * most once successfully, if a file is read before `provide()`; if it throws, Python's
   * read fails with EIO.
   */
  constructor(
    fileSystem: IFileSystem,
    placeholders: readonly Placeholder[],
    load: () => readonly IBundledFile[]
  ) {
    this.load = () => {
      try {
        return load();
      } catch {
        throw new fileSystem.ErrnoError(EIO);
      }
    };
    const files = new Files(fileSystem);
    for (const [path, size] of placeholders) {
      const node = files.make(path, new Uint8Array(0));
      node.usedBytes = size;
      this.nodes.set(path, node);
      this.defer(fileSystem, path, node);
    }
  }

  /** Whether no file waits for its bytes. */
  get complete(): boolean {
    return this.nodes.size === 0;
  }

  /** Give the files their bytes. Files that Python has changed stay as they are. */
  provide(files: readonly IBundledFile[]): void {
    for (const { path, data } of files) {
      const node = this.nodes.get(path);
      if (node) {
        node.usedBytes = data.length;
        this.fill(path, node, data);
      }
    }
  }

  private defer(fileSystem: IFileSystem, path: string, node: INode): void {
    // MEMFS reads and writes this property alone, also to map and to truncate a file.
    Object.defineProperty(node, 'contents', {
      configurable: true,
      enumerable: true,
      get: () => {
        this.provide(this.load());
        if (this.nodes.get(path) === node) {
          throw new fileSystem.ErrnoError(EIO); // No such file in the bundle.
        }
        return node.contents;
      },
      set: (contents: Uint8Array<ArrayBuffer>) =>
        this.fill(path, node, contents)
    });
  }

  private fill(
    path: string,
    node: INode,
    contents: Uint8Array<ArrayBuffer>
  ): void {
    Object.defineProperty(node, 'contents', {
      configurable: true,
      enumerable: true,
      value: contents,
      writable: true
    });
    this.nodes.delete(path);
  }

  private readonly load: () => readonly IBundledFile[];
  private readonly nodes = new Map<string, INode>();
}
