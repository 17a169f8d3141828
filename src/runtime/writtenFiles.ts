/** What Python has written into its file system, which lies outside of its memory. */

import type { IBundledFile } from './bundle';
import type { IFileSystem, INode } from './emscripten';

/** New folders, with all above them first, and new or changed files. */
export interface IWritten {
  readonly folders: readonly string[];
  readonly files: readonly IWrittenFile[];
}

export interface IWrittenFile extends IBundledFile {
  /** Python's SQLite writes to an open database only while this is the same. */
  readonly inode: number;
}

/** Write a file again, with its inode. */
export function restoreFile(
  fileSystem: IFileSystem,
  { path, data, inode }: IWrittenFile
): void {
  fileSystem.writeFile(path, data, { canOwn: true });
  fileSystem.lookupPath(path).node.id = inode;
  fileSystem.nextInode = Math.max(fileSystem.nextInode, inode + 1);
}

interface IState {
  readonly node: INode;
  readonly mtime: number;
  readonly size: number | undefined;
}

/** Where Python keeps compiled code, which a snapshot has in its memory. */
const CACHE = '__pycache__';

/** Remembers a file system as it is before Python starts. */
export class WrittenFiles {
  constructor(private readonly fileSystem: IFileSystem) {
    for (const [path, node] of this.walk(this.root, '')) {
      this.given.set(path, stateOf(node));
    }
  }

  /** What was written since, with copies of the bytes. */
  copy(): IWritten {
    const folders: string[] = [];
    const files: IWrittenFile[] = [];
    for (const [path, node] of this.walk(this.root, '')) {
      const given = this.given.get(path);
      if (this.fileSystem.isDir(node.mode)) {
        if (!given) {
          folders.push(path);
        }
      } else if (!given || !isSame(given, stateOf(node))) {
        const contents = node.contents as Uint8Array<ArrayBuffer>;
        const data = contents.slice(0, node.usedBytes);
        files.push({ path, data, inode: node.id });
      }
    }
    return { folders, files };
  }

  /** Devices, links and what is mounted are left out. */
  private *walk(folder: INode, path: string): Generator<[string, INode]> {
    const children = folder.contents as Record<string, INode>;
    for (const [name, node] of Object.entries(children)) {
      const childPath = `${path}/${name}`;
      if (this.fileSystem.isFile(node.mode)) {
        yield [childPath, node];
      } else if (this.fileSystem.isDir(node.mode) && name !== CACHE) {
        yield [childPath, node];
        yield* this.walk(node, childPath);
      }
    }
  }

  private get root(): INode {
    return this.fileSystem.lookupPath('/').node;
  }

  private readonly given = new Map<string, IState>();
}

function stateOf(node: INode): IState {
  return { node, mtime: node.mtime, size: node.usedBytes };
}

function isSame(one: IState, other: IState): boolean {
  return (
    one.node === other.node &&
    one.mtime === other.mtime &&
    one.size === other.size
  );
}
