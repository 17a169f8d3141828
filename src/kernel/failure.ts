/** The parts of Pyodide that we use. */
export interface IPyodide {
  readonly _api: { on_fatal?: ((error: unknown) => void) | undefined };
}

type Granted = (lock: Lock | null) => unknown;

/** The arguments of `LockManager.request` (W3C Web Locks API, section 3.4.1). */
type Request = [name: string, ...options: LockOptions[], granted: Granted];

/**
 * Release all locks that Python requests from now on as soon as Python exits, crashes or
 * runs out of memory.
 *
 * No Python can run any more then, so nothing else would release them. The kernel's
 * worker stays, because JupyterLite needs its answer in order to restart it.
 */
export function freeLocksOnFailure(
  { _api }: IPyodide,
  locks: LockManager = navigator.locks
): void {
  let fail: () => void = () => undefined;
  const failed = new Promise<void>(resolve => {
    fail = resolve;
  });
  const request = locks.request.bind(locks) as (
    ...given: Request
  ) => Promise<unknown>;
  Object.assign(locks, {
    request: (...given: Request) => {
      const granted = given.pop() as Granted;
      const held = (lock: Lock | null) => Promise.race([granted(lock), failed]);
      return request(...([...given, held] as Request));
    }
  });
  const before = _api.on_fatal;
  _api.on_fatal = error => {
    fail();
    before?.(error);
  };
}
