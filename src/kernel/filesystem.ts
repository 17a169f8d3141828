/**
 * The parts that we use of Emscripten's `FS`, and of the drive that JupyterLite mounts
 * in it (`DriveFS` in `@jupyterlite/services`).
 */

export interface IFileSystem {
  ErrnoError: new (errno: number) => Error;
  getMounts(mount: unknown): { type: IMountType }[];
  root: { mount: unknown };
  /** By file descriptor; `null` if closed. */
  streams: (IStream | null | undefined)[];
}

/** A mounted file system; only a drive has a name. */
export type IMountType = IDrive | { driveName?: undefined };

export interface IDrive {
  driveName: string;
  API: { put(path: string, file: IFile): void };
  ERRNO_CODES: { ENOENT: number };
  node_ops: INodeOperations;
  realPath(node: INode): string;
  stream_ops: IStreamOperations;
}

export interface INode {
  name: string;
  parent: INode;
  mode: number;
  /** Milliseconds since the epoch. */
  mtime: number;
}

export interface INodeOperations {
  getattr(node: INode): IAttributes;
  lookup(parent: INode, name: string): INode;
  setattr(node: INode, attributes: Partial<IAttributes>): void;
  unlink(parent: INode, name: string): void;
}

export interface IAttributes {
  mode: number;
  mtime: Date;
  size: number;
}

export interface IFile {
  data: Uint8Array;
}

export interface IStream {
  node: INode;
  flags: number;
  file?: IFile;
}

export interface IStreamOperations {
  open(stream: IStream): void;
  close(stream: IStream): void;
  write(stream: IStream, ...data: unknown[]): number;
}
