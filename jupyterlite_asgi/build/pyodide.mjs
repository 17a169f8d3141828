// What the build's scripts share that run Pyodide in Node.js.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Return the request, which comes as JSON on stdin. */
export function readRequest() {
  return JSON.parse(fs.readFileSync(0, 'utf8'));
}

/** Write a result to stdout and end, although Pyodide keeps the event loop alive. */
export function respond(result) {
  process.stdout.write(result, () => process.exit());
}

/**
 * Start the Pyodide in a folder.
 *
 * What it prints or logs goes to stderr, because stdout is for the result. The hash seed is fixed, so
 * that sets, and what is made of them, come out the same in each build.
 */
export async function startPyodide(folder, options = {}) {
  // Pyodide reads the flags of open() from a function that Node.js denies under --permission.
  const bindings = { constants: { fs: fs.constants } };
  Object.defineProperty(process, 'binding', {
    configurable: true,
    value: name => bindings[name]
  });
  globalThis.console = new console.Console(process.stderr);
  const { loadPyodide } = await import(
    pathToFileURL(path.join(folder, 'pyodide.mjs'))
  );
  const print = text => process.stderr.write(`${text}\n`);
  return loadPyodide({
    indexURL: folder,
    env: { HOME: '/home/pyodide', PYTHONHASHSEED: '0' },
    stdout: print,
    stderr: print,
    ...options
  });
}
