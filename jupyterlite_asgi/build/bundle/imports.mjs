// Finds out which modules packages of a bundled Pyodide import. On stdin:
//
// {folder: the Pyodide, packages: names of packages to load, modules: names of modules to import}
//
// The result is a list of paths of sources, in Pyodide's file system. This runs the packages, so it
// is apart from what writes files.

import { readRequest, respond, startPyodide } from '../pyodide.mjs';
import { compiler } from './compiler.mjs';

const { folder, packages, modules } = readRequest();
const pyodide = await startPyodide(folder);
await pyodide.loadPackage(packages, { messageCallback: () => {} });
const { imported } = compiler(pyodide);
respond(JSON.stringify(imported(modules).toJs()));
