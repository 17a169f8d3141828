/** Reads the state of the kernels from the names of their locks (W3C Web Locks API). */

import { appLock } from '../../protocol';

/** A lock that a kernel or a worker holds. */
export interface IHeld {
  readonly name: string;
  readonly clientId: string;
}

/**
 * All that are held now, on this origin.
 *
 * Without shared ones: a `KernelMonitor` is granted a kernel's lock for a moment
 * when the kernel ends.
 */
export async function heldLocks(): Promise<IHeld[]> {
  const { held } = await navigator.locks.query();
  return (held ?? [])
    .filter(({ mode }) => mode === 'exclusive')
    .map(({ name, clientId }) => ({
      name: name ?? '',
      clientId: clientId ?? ''
    }));
}

/** The names of all that the kernel which serves `name` holds. */
export function locksOfHolder(
  base: string,
  name: string,
  locks: readonly IHeld[]
): string[] {
  // One whose app was taken over may be too busy to give its terms up.
  const holder = locks.find(lock => lock.name === appLock(base, name));
  return locks
    .filter(lock => lock.clientId === holder?.clientId)
    .map(lock => lock.name);
}

/** The names that kernels of this site hold. */
export function servedApps(base: string, locks: readonly IHeld[]): string[] {
  const prefix = appLock(base, '');
  return locks
    .map(lock => lock.name)
    .filter(name => name.startsWith(prefix))
    .map(name => name.slice(prefix.length))
    .sort();
}
