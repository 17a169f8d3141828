/** Files that Python has open, whose state lies outside of its memory. */

import type { IFileSystem, IStream } from './emscripten';

/** A file to be opened again. */
export interface IOpenFile {
  readonly fd: number;
  readonly path: string;
  readonly flags: number;
  readonly position: number;
}

/** Standard input, output and error, which every start opens. */
const STANDARD = 3;

/** `O_CREAT`, `O_EXCL` and `O_TRUNC`. */
const CREATION = 0o100 | 0o200 | 0o1000;

/**
 * What Python has open, as Python itself has its standard library.
 *
 * @throws Error if it is no file, or the file was removed.
 */
export function keepOpenFiles(fileSystem: IFileSystem): IOpenFile[] {
  const streams = fileSystem.streams.filter(
    (stream): stream is IStream => !!stream && stream.fd >= STANDARD
  );
  const others = streams.filter(stream => !isKept(fileSystem, stream));
  if (others.length > 0) {
    const paths = others.map(({ path }) => path || 'a pipe or socket');
    throw new Error(
      `A snapshot cannot hold what the app has open: close ${paths.join(', ')} after the import.`
    );
  }
  return streams.map(({ fd, path, flags, position }) => ({
    fd,
    path,
    flags,
    position
  }));
}

/** Open the files again, with their descriptors. */
export function reopenFiles(
  fileSystem: IFileSystem,
  files: readonly IOpenFile[]
): void {
  for (const { fd, path, flags, position } of files) {
    const stream = fileSystem.open(path, flags & ~CREATION);
    stream.position = position;
    if (stream.fd !== fd) {
      fileSystem.dupStream(stream, fd);
      fileSystem.closeStream(stream.fd);
    }
  }
}

function isKept(fileSystem: IFileSystem, { node, path }: IStream): boolean {
  if (!node || !fileSystem.isFile(node.mode)) {
    return false;
  }
  try {
    return fileSystem.lookupPath(path).node === node;
  } catch {
    return false;
  }
}
