/** Signals Python regularly while it keeps its event loop from running. */

/** Milliseconds between two signals. */
export const PERIOD = 250;

/** The parts of Pyodide that we use. */
export interface IPyodide {
  setInterruptBuffer(buffer: object): void;
}

export interface ITicks {
  /** Send the next signal after a few more instructions. */
  hurry(): void;
}

/**
 * Send `signal` to Python every `PERIOD` while it runs without giving up the thread.
 *
 * Pyodide reads element 0 of its interrupt buffer every few dozen instructions, and takes
 * a value other than 0 for the number of a signal. A getter in place of the element runs
 * in the middle of Python's code, so this needs no shared memory.
 */
export function sendTicks(pyodide: IPyodide, signal: number): ITicks {
  let due = 0; // 0: Python has just begun to run
  pyodide.setInterruptBuffer({
    get 0() {
      const now = performance.now();
      if (due === 0) {
        due = now + PERIOD;
        // Runs once Python has given up the thread.
        setTimeout(() => {
          due = 0;
        });
      }
      if (now < due) {
        return 0;
      }
      due = now + PERIOD;
      return signal;
    },
    set 0(_) {
      // Pyodide resets the element after each signal.
    }
  });
  return {
    hurry: () => {
      due = 1;
    }
  };
}
