/**
 * Let the monotonic clock go on from `clock`, in milliseconds, for what a snapshot holds
 * was timed by it. Python's is that of `performance`, which begins anew in each worker.
 */
export function continueClock(
  clock: number,
  performance: Pick<Performance, 'now'> = globalThis.performance
): void {
  const now = performance.now.bind(performance);
  Object.defineProperty(performance, 'now', {
    configurable: true,
    value: () => clock + now(),
    writable: true
  });
}
