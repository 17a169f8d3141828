import type { ICookie } from './cookie';
import { isSame } from './cookie';

/** What a `change` event tells (WHATWG Cookie Store API, section 4.2). */
export interface IChanges {
  readonly changed: readonly ICookie[];
  readonly deleted: readonly ICookie[];
}

/**
 * What has changed from one list of cookies to another.
 *
 * One that is set anew to the same value is no change. When it ends is none,
 * either: the kernel reads a Max-Age a moment later than the page.
 */
export function differences(
  before: readonly ICookie[],
  after: readonly ICookie[]
): IChanges {
  const has = (cookies: readonly ICookie[], cookie: ICookie) =>
    cookies.some(
      other => isSame(other, cookie) && other.value === cookie.value
    );
  return {
    changed: after.filter(cookie => !has(before, cookie)),
    deleted: before.filter(
      cookie => !after.some(other => isSame(other, cookie))
    )
  };
}
