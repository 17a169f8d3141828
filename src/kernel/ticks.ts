/** Signals Python regularly while it keeps its event loop from running. */

/** Milliseconds between two signals. */
export const PERIOD = 250;

/**
 * Milliseconds until a signal that is wanted soon: a signal every few instructions would
 * keep code from getting to where it can be ended.
 */
export const HURRY = 1;

/** The parts of Pyodide that we use. */
export interface IPyodide {
  setInterruptBuffer(buffer: object): void;
}

/** How many reads of the buffer share one look at the clock, which is slow in Firefox. */
const SHARED = 16;

export interface ITicks {
  /** Send the next signal soon. */
  hurry(): void;
  /** The milliseconds that Python has run without giving up the thread. */
  running(): number;
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
  let began = 0;
  let last = 0;
  let skip = 0; // reads until the next look at the clock
  pyodide.setInterruptBuffer({
    get 0() {
      if (skip > 0) {
        skip -= 1;
        return 0;
      }
      const now = performance.now();
      // Not in code whose instructions are slow.
      skip = now - last < 1 ? SHARED - 1 : 0;
      last = now;
      if (due === 0) {
        due = now + PERIOD;
        began = now;
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
      due = performance.now() + HURRY;
      skip = 0;
    },
    running: () => performance.now() - began
  };
}
