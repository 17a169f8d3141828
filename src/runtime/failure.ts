/** A start that failed, in words for whoever opened the app. */
export class Failure extends Error {
  /**
   * @param sentence - what happened and what to do
   * @param detail - a traceback, or empty
   */
  constructor(
    sentence: string,
    readonly detail = ''
  ) {
    super(sentence);
  }
}

/** A file of the site that could not be loaded: another attempt may succeed. */
export class DownloadFailure extends Failure {}

/** Describe what a start failed of, whatever that is. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) {
    return error;
  }
  const { message, stack } = describe(error);
  if (isOutOfMemory(error)) {
    return new Failure(
      'This device has not enough free memory for the app: close other tabs, then retry.',
      message
    );
  }
  return new Failure(
    `Python could not be started: ${firstLine(message)}`,
    stack
  );
}

/** Emscripten also throws objects that are no errors, but have a message. */
function describe(error: unknown): { message: string; stack: string } {
  const { message, stack } = Object(error) as Partial<Error>;
  return { message: message ?? String(error), stack: stack ?? '' };
}

function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof RangeError &&
    /memory|allocation/i.test((error as Error).message)
  );
}

function firstLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
