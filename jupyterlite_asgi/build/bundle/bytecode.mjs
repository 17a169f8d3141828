// Adds bytecode to archives of a bundled Pyodide. On stdin:
//
// {folder: the Pyodide, output: the folder for the changed archives, stdlib: the archive of the
//  standard library, wheels: those of packages, sources: what `imports.mjs` found}
//
// The result maps the changed archives to the number of their compiled modules.

import fs from 'node:fs';
import path from 'node:path';
import { readRequest, respond, startPyodide } from '../pyodide.mjs';
import { compiler } from './compiler.mjs';

const { folder, output, stdlib, wheels, sources } = readRequest();
const pyodide = await startPyodide(folder);
const { withBytecode } = compiler(pyodide);
const [zip, packages] = pyodide
  .runPython(
    `import site, sys
[next(path for path in sys.path if path.endswith(".zip")), site.getsitepackages()[0]]`
  )
  .toJs();
const wanted = pyodide.toPy(new Set(sources));
const counts = {};
for (const name of [stdlib, ...wheels]) {
  // A Buffer is of a type that Pyodide cannot convert.
  const archive = new Uint8Array(fs.readFileSync(path.join(folder, name)));
  const root = name === stdlib ? zip : packages;
  const [changed, count] = withBytecode(
    pyodide.toPy(archive),
    root,
    wanted
  ).toJs();
  if (count) {
    fs.writeFileSync(path.join(output, name), changed);
    counts[name] = count;
  }
}
respond(JSON.stringify(counts));
