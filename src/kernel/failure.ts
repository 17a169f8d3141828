/** Milliseconds that a kernel has to report its failure before its worker ends. */
const GRACE = 200;

/** The parts of Pyodide that we use. */
export interface IPyodide {
  readonly _api: { on_fatal?: ((error: unknown) => void) | undefined };
}

/**
 * End the kernel's worker if Python exits, crashes or runs out of memory.
 *
 * No Python can run any more, so nothing else would release the names of its apps.
 */
export function endOnFailure(
  { _api }: IPyodide,
  end = () => self.close()
): void {
  const before = _api.on_fatal;
  _api.on_fatal = error => {
    setTimeout(end, GRACE);
    before?.(error);
  };
}
