import type { Rewrite } from './rewrite';
import { rewriteCalls } from './rewrite';

/**
 * Rewrite the addresses that a page gives itself without loading anything.
 *
 * @param prototype - that of the page's `history`
 */
export function rewriteHistory(
  prototype: Pick<History, 'pushState' | 'replaceState'>,
  rewrite: Rewrite
): void {
  rewriteCalls(prototype, 'pushState', 2, rewrite);
  rewriteCalls(prototype, 'replaceState', 2, rewrite);
}
