import type { IFileSystem, INode, IStream } from '../emscripten';

const FOLDER = 0o040000;
const FILE = 0o100000;

export class ErrnoError extends Error {
  constructor(readonly errno: number) {
    super(`errno ${errno}`);
  }
}

/** What we use of MEMFS, as it is in Emscripten. */
export class FakeFileSystem implements IFileSystem {
  readonly ErrnoError = ErrnoError;
  readonly streams: (IStream | null)[] = [];
  nextInode = 1;
  readonly root: INode = { id: 0, mode: FOLDER, contents: {}, mtime: 0 };
  time = 1;

  closeStream(fd: number): void {
    this.streams[fd] = null;
  }

  create(path: string, mode: number): void {
    const parts = path.split('/');
    const name = parts.pop()!;
    const contents = new Uint8Array(0);
    const node = {
      id: this.nextInode++,
      mode: mode | FILE,
      contents,
      mtime: this.time,
      usedBytes: 0
    };
    this.childrenOf(parts.join('/'))[name] = node;
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
      node = children[name] ??= {
        id: this.nextInode++,
        mode: FOLDER,
        contents: {},
        mtime: this.time
      };
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
    try {
      this.lookupPath(path);
    } catch {
      this.create(path, 0o666);
    }
    const { node } = this.lookupPath(path);
    node.contents = Uint8Array.from(data);
    node.usedBytes = data.length;
    node.mtime = this.time;
  }

  private childrenOf(path: string): Record<string, INode> {
    return this.lookupPath(path).node.contents as Record<string, INode>;
  }
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
