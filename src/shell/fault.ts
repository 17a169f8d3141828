/** What keeps the app from starting, in words for whoever opened it. */
export class Fault extends Error {
  /**
   * @param sentence - what happened and what to do
   * @param detail - a traceback, or empty
   * @param remedy - what the reader is offered: to try again, or to open the app in a tab
   */
  constructor(
    readonly sentence: string,
    readonly detail = '',
    readonly remedy: 'retry' | 'tab' = 'retry'
  ) {
    super(sentence);
    this.name = 'Fault';
  }
}

/** Anything that was thrown, as a fault. */
export function asFault(error: unknown): Fault {
  return error instanceof Fault
    ? error
    : new Fault(
        `The page of the app failed (${String(error)}): reload it; if the error ` +
          'persists, report a bug to jupyterlite-asgi.',
        error instanceof Error ? (error.stack ?? '') : ''
      );
}
