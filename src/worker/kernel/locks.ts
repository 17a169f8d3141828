/** Reads the state of the kernels from the names of their locks (W3C Web Locks API). */

import { appLock } from '../../protocol';

/** A lock that a kernel or a worker holds. */
export interface IHeld {
  readonly name: string;
  readonly clientId: string;
}

/**
 * The exclusive locks held on this origin, without the shared ones that a
 * `KernelMonitor` gets for a moment when a kernel ends.
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

/** The names of all locks of the kernel that serves `name`. */
export function locksOfHolder(
  base: string,
  name: string,
  locks: readonly IHeld[]
): string[] {
  // A busy kernel may still hold the terms of an app that another has taken over.
  const holder = locks.find(lock => lock.name === appLock(base, name));
  return locks
    .filter(lock => lock.clientId === holder?.clientId)
    .map(lock => lock.name);
}

/** The names of the apps that kernels of this site serve. */
export function servedApps(base: string, locks: readonly IHeld[]): string[] {
  const prefix = appLock(base, '');
  return locks
    .map(lock => lock.name)
    .filter(name => name.startsWith(prefix))
    .map(name => name.slice(prefix.length))
    .sort();
}
