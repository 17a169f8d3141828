/**
 * The exclusive locks held on this origin (W3C Web Locks API), without the shared ones
 * that `monitorKernel` gets for a moment when a kernel ends.
 */
export async function heldLocks(): Promise<Required<LockInfo>[]> {
  const { held } = await navigator.locks.query();
  // TypeScript does not know that browsers set every field.
  return (held as Required<LockInfo>[]).filter(
    ({ mode }) => mode === 'exclusive'
  );
}

/** Whether anybody holds the lock `name`, alone or shared. */
export async function isHeld(
  name: string,
  locks: Pick<LockManager, 'query'> = navigator.locks
): Promise<boolean> {
  const { held = [] } = await locks.query();
  return held.some(lock => lock.name === name);
}
