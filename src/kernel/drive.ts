/** Lets SQLite use JupyterLite's drive; `patches/sqlite3.py` says why that needs a patch. */

import type {
  IAttributes,
  IDrive,
  IFile,
  IFileSystem,
  INode,
  IStream
} from './filesystem';

const ACCESS_MODE = 3; // O_ACCMODE; 0 is O_RDONLY

/** An open file, shared by all its streams. */
interface IOpenFile extends IFile {
  /** As last read from the drive. */
  attributes?: IAttributes;
  /** Whether it has writes that the drive lacks. */
  changed?: boolean;
  /** The journals of this database that the drive is known to lack. */
  missing?: Set<string>;
}

type OpenStream = IStream & { file: IOpenFile };

/** Make streams of the same file share their data, on each mounted drive. */
export function patchDrives(fs: IFileSystem): void {
  for (const { type } of fs.getMounts(fs.root.mount)) {
    if (type.driveName !== undefined) {
      patchStreams(type, fs);
      patchAttributes(type, fs);
      patchJournals(type, fs);
    }
  }
}

/** The open file of a node, if any. */
function fileOf(fs: IFileSystem, node: INode): IOpenFile | undefined {
  return findStream(fs, each => each === node)?.file;
}

/** A stream of the open database to which the journal `name` belongs, if any. */
function databaseOf(
  fs: IFileSystem,
  parent: INode,
  name: string
): OpenStream | undefined {
  const stem = name.replace(/-(journal|wal)$/, '');
  return stem === name
    ? undefined
    : findStream(fs, each => each.parent === parent && each.name === stem);
}

function findStream(
  fs: IFileSystem,
  matches: (node: INode) => boolean
): OpenStream | undefined {
  return fs.streams.find(
    (each): each is OpenStream => !!each?.file && matches(each.node)
  );
}

/** Share a file between its streams, which otherwise have a copy each. */
function patchStreams({ stream_ops: ops }: IDrive, fs: IFileSystem): void {
  const open = ops.open.bind(ops);
  ops.open = stream => {
    const file = fileOf(fs, stream.node);
    open(stream);
    if (!file || !stream.file) {
      return;
    }
    // Take over changes made elsewhere, unless the file was also changed here.
    if (!file.changed) {
      file.data = stream.file.data;
    }
    stream.file = file;
  };

  const write = ops.write.bind(ops);
  ops.write = (stream, ...data) => {
    if (stream.file) {
      (stream.file as IOpenFile).changed = true;
    }
    return write(stream, ...data);
  };

  const close = ops.close.bind(ops);
  ops.close = stream => {
    const { file, flags } = stream;
    close(stream); // writes to the drive if the stream is writable
    if (file && flags & ACCESS_MODE) {
      (file as IOpenFile).changed = false;
    }
  };
}

/** Report an open file's size here instead of its size on the drive. */
function patchAttributes({ node_ops: ops }: IDrive, fs: IFileSystem): void {
  const { getattr, setattr } = ops;
  ops.getattr = node => {
    const file = fileOf(fs, node);
    if (!file) {
      return getattr(node);
    }
    file.attributes ??= getattr(node); // once, because it is a request to the drive
    const time = file.changed ? { mtime: new Date(node.mtime) } : {};
    const size = file.data.length;
    return { ...file.attributes, ...time, mode: node.mode, size };
  };
  ops.setattr = (node, attributes) => {
    const file = fileOf(fs, node);
    if (file && attributes.size !== undefined) {
      const data = new Uint8Array(attributes.size);
      data.set(file.data.subarray(0, attributes.size));
      file.data = data;
    }
    setattr(node, attributes);
  };
}

/** Save a database when SQLite commits, and look up each journal only once. */
function patchJournals(drive: IDrive, fs: IFileSystem): void {
  const { node_ops: ops } = drive;
  const { lookup, unlink } = ops;
  const { ENOENT } = drive.ERRNO_CODES;

  // A request to the drive takes 5 ms, and SQLite looks for two journals before each query.
  ops.lookup = (parent, name) => {
    const database = databaseOf(fs, parent, name)?.file;
    const missing = database && (database.missing ??= new Set());
    if (missing?.has(name)) {
      throw new fs.ErrnoError(ENOENT);
    }
    try {
      return lookup(parent, name);
    } catch (error) {
      if ((error as { errno?: number }).errno === ENOENT) {
        missing?.add(name);
      }
      throw error;
    }
  };

  // SQLite commits by deleting its journal: the only sign, as no `fdatasync` gets here.
  ops.unlink = (parent, name) => {
    unlink(parent, name);
    const stream = databaseOf(fs, parent, name);
    if (stream?.file.changed) {
      drive.API.put(drive.realPath(stream.node), stream.file);
      stream.file.changed = false;
    }
  };
}
