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
