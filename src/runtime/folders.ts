import type { IFileSystem } from './emscripten';

/**
 * Makes the folders of many files, each folder once: `mkdirTree()` throws and catches an
 * error for each that is there, which takes longer than to write the file.
 */
export class Folders {
  constructor(private readonly _fileSystem: Pick<IFileSystem, 'mkdirTree'>) {}

  /** Make the folder of the file at `path`, and all above it. */
  makeFor(path: string): void {
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    if (!this._made.has(folder)) {
      this._fileSystem.mkdirTree(folder);
      this._made.add(folder);
    }
  }

  private readonly _made = new Set<string>();
}
