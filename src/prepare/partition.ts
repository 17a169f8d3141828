/** Which files an app needs at once, and which may come later. */

import type { IBundledFile } from '../runtime/bundle';
import { FOLDER, PACKAGES } from '../runtime/paths';

export interface IPartition {
  /** What a start reads. */
  readonly first: readonly IBundledFile[];
  /** All others: what requests may need, and sources, which tracebacks show. */
  readonly rest: readonly IBundledFile[];
}

/**
 * Divide an app's files, those of the standard library among them.
 *
 * @param files - the sources, data and bytecode
 * @param opened - the paths that a run of the app has opened
 */
export function partition(
  files: readonly IBundledFile[],
  opened: ReadonlySet<string>
): IPartition {
  const isFirst = ({ path }: IBundledFile) => opened.has(path) || isOwn(path);
  return {
    first: files.filter(isFirst),
    rest: files.filter(file => !isFirst(file))
  };
}

/** Whether a file is a module of the app itself. */
export function isOwn(path: string): boolean {
  return (
    path.startsWith(FOLDER) &&
    !path.startsWith(PACKAGES) &&
    path.endsWith('.py')
  );
}
