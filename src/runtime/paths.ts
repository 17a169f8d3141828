/** Where things are in Python's file system, and its environment. */

/** The app's own files. */
export const FOLDER = '/app/';

/** Its packages. */
export const PACKAGES = '/app/lib/';

/** The folder of the standard library, if it comes as files. */
export function stdlibFolder(info: Readonly<Record<string, string>>): string {
  const [major, minor] = (info['python'] ?? '').split('.');
  return `/lib/python${major}.${minor}/`;
}

/**
 * The environment variables of Python.
 *
 * @param info - the `info` of Pyodide's lock file
 */
export function environment(
  info: Readonly<Record<string, string>>
): Record<string, string> {
  // Pyodide itself only looks for the standard library in its zip file.
  const paths = [FOLDER, PACKAGES, stdlibFolder(info)];
  return {
    HOME: FOLDER.slice(0, -1),
    PYTHONPATH: paths.map(path => path.slice(0, -1)).join(':')
  };
}
