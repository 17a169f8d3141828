import { mountOf } from '../../mount';
import { appLock, publishedLock, readTerms, type ITerms } from '../../protocol';
import { heldLocks } from '../kernel/locks';

/** An app that the service worker can reach. */
export interface IApp {
  readonly name: string;
  /** The path under which it is mounted. */
  readonly path: string;
  /** The kernel that serves it, as a client of the browser. */
  readonly holder: string;
  /** Whether that is the runtime of a published app, not a notebook's kernel. */
  readonly isRuntime: boolean;
  /** Reads the terms of its kernel; null if unknown. */
  readonly terms: () => ITerms | null;
}

/**
 * The apps that the site at `base` serves now, ordered by name: those whose locks are
 * held by kernels.
 */
export async function servedApps(base: string): Promise<IApp[]> {
  const prefix = appLock(base, '');
  const locks = await heldLocks();
  // A busy kernel may still hold the terms of an app that another has taken over.
  const namesOf = (holder: string) =>
    locks.filter(({ clientId }) => clientId === holder).map(({ name }) => name);
  return locks
    .filter(lock => lock.name.startsWith(prefix))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(lock => {
      const name = lock.name.slice(prefix.length);
      return {
        name,
        path: mountOf(base, name).root,
        holder: lock.clientId,
        isRuntime: namesOf(lock.clientId).includes(publishedLock(base, name)),
        terms: () => readTerms(base, name, namesOf(lock.clientId))
      };
    });
}
