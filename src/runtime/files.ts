import type { IFileSystem, INode } from './emscripten';

/** A file that all may read and its owner may write, as archives unpack. */
const MODE = 0o100644;

/**
 * Makes files in folders of MEMFS, which are made as needed. It looks up each folder once;
 * `FS.writeFile()` looks up each part of each path several times, which takes longer than
 * all else where there are hundreds of files.
 */
export class Files {
  constructor(
    private readonly _fileSystem: Pick<IFileSystem, 'lookupPath' | 'mkdirTree'>
  ) {}

  /** The file at `path`, an absolute one; its bytes are `contents`, without a copy. */
  make(path: string, contents: Uint8Array<ArrayBuffer>): INode {
    const slash = path.lastIndexOf('/');
    const folder = this._folder(path.slice(0, slash) || '/');
    const name = path.slice(slash + 1);
    const children = folder.contents as Record<string, INode>;
    const node =
      children[name] ?? folder.node_ops.mknod!(folder, name, MODE, 0);
    node.contents = contents;
    node.usedBytes = contents.length;
    return node;
  }

  private _folder(path: string): INode {
    let node = this._folders.get(path);
    if (node === undefined) {
      this._fileSystem.mkdirTree(path);
      ({ node } = this._fileSystem.lookupPath(path));
      this._folders.set(path, node);
    }
    return node;
  }

  private readonly _folders = new Map<string, INode>();
}
