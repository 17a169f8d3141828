/** Waiting that a signal ends. */

/** Rejects with the signal's reason once it is aborted. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) {
      abort();
    }
  });
}

/** Wait for some milliseconds; rejects when `signal` is aborted. */
export function untilTime(
  milliseconds: number,
  signal: AbortSignal
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) {
      abort();
    }
  });
}

/**
 * The first result of several tasks, whose common signal is aborted then, so that the
 * others end; all end when `signal` is aborted.
 */
export async function first<Result>(
  signal: AbortSignal,
  ...tasks: readonly ((signal: AbortSignal) => Promise<Result>)[]
): Promise<Result> {
  const common = new AbortController();
  const abort = () => common.abort(signal.reason);
  signal.addEventListener('abort', abort);
  if (signal.aborted) {
    abort();
  }
  const running = tasks.map(task => task(common.signal));
  try {
    return await Promise.race([...running, untilAborted(common.signal)]);
  } finally {
    signal.removeEventListener('abort', abort);
    common.abort();
    running.forEach(task => task.catch(() => undefined));
  }
}
