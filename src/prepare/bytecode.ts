/** Where the bytecode of modules is. */

import type { IBundledFile } from '../runtime/bundle';

/** The file that `sitecustomize.py` reads, beside it. */
const INDEX = 'sitecustomize.txt';

/** The path of a file of bytecode: the folder of the module, and its name. */
const PYC = /^(.*\/)__pycache__\/([^/.]+)\.[^/]+\.pyc$/;

/** The path at which Python looks for the bytecode of a module (PEP 3147). */
export function bytecodePath(path: string, tag: string): string {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1).replace(/\.py$/, '');
  return `${path.slice(0, slash)}/__pycache__/${name}.${tag}.pyc`;
}

/**
 * The index of the modules whose bytecode is among `files`; see `sitecustomize.py`.
 *
 * @param folders - those of `sys.path` whose modules it has, with a trailing slash
 * @param place - the folder to put it into
 */
export function moduleIndex(
  files: readonly IBundledFile[],
  folders: readonly string[],
  place: string
): IBundledFile {
  const lines = files.flatMap(({ path }) => {
    const folder = folders.find(folder => path.startsWith(folder));
    const [, parent, name] = PYC.exec(path) ?? [];
    if (folder === undefined || parent === undefined || name === undefined) {
      return [];
    }
    const source = `${parent}${name}.py`;
    const module = source
      .slice(folder.length)
      .replace(/(\/__init__)?\.py$/, '')
      .replaceAll('/', '.');
    return [`${module}\t${source}\t${path}\n`];
  });
  return {
    path: place + INDEX,
    data: new TextEncoder().encode(lines.join(''))
  };
}
