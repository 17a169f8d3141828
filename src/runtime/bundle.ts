/**
 * Bundles: many files in one download. The length of the index, a little-endian uint32;
 * the index, `[[path, size], …]` as JSON in UTF-8; the files' bytes in that order.
 */

/** A file, with its path in Python's file system. */
export interface IBundledFile {
  readonly path: string;
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * The files of a bundle. Their data are views of `bytes`, so that nothing is copied.
 *
 * @throws RangeError if `bytes` is no whole bundle.
 */
export function readBundle(bytes: Uint8Array<ArrayBuffer>): IBundledFile[] {
  if (bytes.length < 4) {
    throw damaged('it has no index');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let position = 4 + view.getUint32(0, true);
  if (position > bytes.length) {
    throw damaged('its index is cut off');
  }
  const files: IBundledFile[] = [];
  for (const [path, size] of parseIndex(bytes.subarray(4, position))) {
    files.push({ path, data: bytes.subarray(position, position + size) });
    position += size;
  }
  if (position !== bytes.length) {
    throw damaged(`it has ${bytes.length} bytes instead of ${position}`);
  }
  return files;
}

/** The bundle of `files`. */
export function writeBundle(
  files: readonly IBundledFile[]
): Uint8Array<ArrayBuffer> {
  const index = new TextEncoder().encode(
    JSON.stringify(files.map(({ path, data }) => [path, data.length]))
  );
  let position = 4 + index.length;
  const size = files.reduce((sum, { data }) => sum + data.length, position);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, index.length, true);
  bytes.set(index, 4);
  for (const { data } of files) {
    bytes.set(data, position);
    position += data.length;
  }
  return bytes;
}

function parseIndex(bytes: Uint8Array): [string, number][] {
  let index: unknown;
  try {
    index = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged('its index is not JSON');
  }
  if (!Array.isArray(index) || !index.every(isEntry)) {
    throw damaged('its index is not a list of paths and sizes');
  }
  return index;
}

function isEntry(entry: unknown): entry is [string, number] {
  return (
    Array.isArray(entry) &&
    entry.length === 2 &&
    typeof entry[0] === 'string' &&
    Number.isSafeInteger(entry[1]) &&
    entry[1] >= 0
  );
}

function damaged(reason: string): RangeError {
  return new RangeError(
    `A bundle of the app's files is damaged, as ${reason}: reload the page, or build the site again.`
  );
}
