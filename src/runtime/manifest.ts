/** What a manifest refers to. */

import type { IFile, IManifest } from '../published';

/** The files that every start of the app needs, unless a snapshot has them. */
export function filesOf(manifest: IManifest): IFile[] {
  const { pyodide, stdlib, first, rest, libraries, scripts } = manifest;
  return [
    pyodide.loader,
    pyodide.glue,
    pyodide.wasm,
    stdlib,
    first,
    ...(rest === null ? [] : [rest]),
    ...libraries,
    scripts.shell,
    scripts.runtime
  ];
}

/** The same, and the build's snapshot. */
export function allFilesOf(manifest: IManifest): IFile[] {
  const { snapshot } = manifest;
  const more = snapshot === null ? [] : [snapshot.head, snapshot.data];
  return [...filesOf(manifest), ...more];
}

/** The packed files that starts read, which is quicker from an unpacked copy. */
export function packedFilesOf(manifest: IManifest): IFile[] {
  const { pyodide, stdlib, first, libraries, snapshot } = manifest;
  const more = snapshot === null ? [] : [snapshot.head, snapshot.data];
  return [pyodide.wasm, stdlib, first, ...libraries, ...more];
}
