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

/** Describe what a start failed of, whatever that is. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) {
    return error;
  }
  const { message, stack = '' } =
    error instanceof Error ? error : new Error(String(error));
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

function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof RangeError &&
    /memory|allocation/i.test((error as Error).message)
  );
}

function firstLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
