import type { IFileSystem, INode, IStream } from '../emscripten';

const FOLDER = 0o040000;
const FILE = 0o100000;
const NOTHING = new Uint8Array(0);

export class ErrnoError extends Error {
  constructor(readonly errno: number) {
    super(`errno ${errno}`);
  }
}

/** What we use of MEMFS, as it is in Emscripten. */
export class FakeFileSystem implements IFileSystem {
  readonly ErrnoError = ErrnoError;
  readonly streams: (IStream | null)[] = [];
  nextInode = 0;
  time = 1;
  readonly root: INode = this.nodeOf(FOLDER, {});

  closeStream(fd: number): void {
    this.streams[fd] = null;
  }

  dupStream(stream: IStream, fd: number): IStream {
    return (this.streams[fd] = { ...stream, fd });
  }

  isDir(mode: number): boolean {
    return (mode & FOLDER) !== 0;
  }

  isFile(mode: number): boolean {
    return (mode & FILE) !== 0;
  }

  lookupPath(path: string): { node: INode } {
    let node: INode | undefined = this.root;
    for (const name of path.split('/').filter(Boolean)) {
      node = (node?.contents as Record<string, INode>)[name];
    }
    if (!node) {
      throw new ErrnoError(44);
    }
    return { node };
  }

  mkdirTree(path: string): void {
    let node = this.root;
    for (const name of path.split('/').filter(Boolean)) {
      const children = node.contents as Record<string, INode>;
      node = children[name] ??= this.nodeOf(FOLDER, {});
    }
  }

  open(path: string, flags: number): IStream {
    const { node } = this.lookupPath(path);
    let fd = 3;
    while (this.streams[fd]) {
      fd++;
    }
    return (this.streams[fd] = { fd, flags, node, path, position: 0 });
  }

  read(path: string): string {
    const { node } = this.lookupPath(path);
    const contents = node.contents as Uint8Array;
    return new TextDecoder().decode(contents.subarray(0, node.usedBytes));
  }

  remove(path: string): void {
    const end = path.lastIndexOf('/');
    delete this.childrenOf(path.slice(0, end))[path.slice(end + 1)];
  }

  writeFile(path: string, data: Uint8Array): void {
    const end = path.lastIndexOf('/');
    const children = this.childrenOf(path.slice(0, end));
    const node = (children[path.slice(end + 1)] ??= this.nodeOf(FILE | 0o666));
    node.contents = Uint8Array.from(data);
    node.usedBytes = data.length;
    node.mtime = this.time;
  }

  private nodeOf(mode: number, contents: INode['contents'] = NOTHING): INode {
    const mknod = (folder: INode, name: string, mode: number) =>
      ((folder.contents as Record<string, INode>)[name] = this.nodeOf(mode));
    const usedBytes = contents === NOTHING ? { usedBytes: 0 } : {};
    const node_ops = this.isDir(mode) ? { mknod } : {};
    const id = this.nextInode++;
    return { id, mode, contents, mtime: this.time, node_ops, ...usedBytes };
  }

  private childrenOf(path: string): Record<string, INode> {
    return this.lookupPath(path).node.contents as Record<string, INode>;
  }
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
