/**
 * The part of a build that runs in Node.js: finds out what an app needs by running it,
 * compiles its modules, and makes a snapshot. The order is JSON on the standard input;
 * the result is a bundle, with a file `report.json`.
 */

import { readFileSync, writeFileSync } from 'node:fs';

import { readBundle, writeBundle, type IBundledFile } from '../runtime/bundle';
import type { ISideModule } from '../runtime/sideModules';
import { Preparation, type IPrepared } from './preparation';
import { Pyodide } from './python';

interface IOrder {
  /** The folder of Pyodide's core. */
  readonly pyodide: string;
  /** A bundle with the app's files and packages. */
  readonly bundle: string;
  /** The extension modules: paths in Python's file system, and of the files. */
  readonly libraries: readonly (readonly [path: string, file: string])[];
  /** The paths of `inside.py`, `bytecode.py` and `sitecustomize.py`. */
  readonly modules: Readonly<
    Record<'inside' | 'bytecode' | 'sitecustomize', string>
  >;
  /** See `load()` in `published.py`. */
  readonly app: Readonly<Record<string, unknown>>;
  /** The paths to request. */
  readonly warm: readonly string[];
  readonly output: string;
}

async function main(): Promise<void> {
  const order = JSON.parse(readFileSync(0, 'utf8')) as IOrder;
  const libraries: ISideModule[] = await Promise.all(
    order.libraries.map(async ([path, file]) => ({
      path,
      module: await WebAssembly.compile(readFileSync(file))
    }))
  );
  const { inside, bytecode, sitecustomize } = order.modules;
  const pyodide = await Pyodide.open(order.pyodide);
  const preparation = new Preparation(
    pyodide,
    [
      ...readBundle(bytesOf(order.bundle)),
      ...pyodide.stdlib,
      {
        path: `${pyodide.library}sitecustomize.py`,
        data: bytesOf(sitecustomize)
      }
    ],
    libraries,
    { inside: bytesOf(inside), bytecode: bytesOf(bytecode) },
    order.app,
    order.warm
  );
  writeFileSync(order.output, writeBundle(partsOf(await preparation.run())));
}

function partsOf(prepared: IPrepared): IBundledFile[] {
  const { first, rest, snapshot, report } = prepared;
  const parts = [
    file('report.json', JSON.stringify(report)),
    { path: 'first', data: writeBundle(first) },
    { path: 'rest', data: writeBundle(rest) }
  ];
  return snapshot === null
    ? parts
    : [
        ...parts,
        file('snapshot.json', JSON.stringify(snapshot.head)),
        { path: 'snapshot', data: snapshot.data }
      ];
}

function file(path: string, text: string): IBundledFile {
  return { path, data: new TextEncoder().encode(text) };
}

function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(path));
}

await main();
// Python's timers would keep Node.js running.
process.exit(0);
