import type { Rewrite } from './rewrite';
import { rewriteCalls } from './rewrite';

/**
 * Rewrite the URLs that a page sets without navigating.
 *
 * @param prototype - the prototype of the page's `history`
 */
export function rewriteHistory(
  prototype: Pick<History, 'pushState' | 'replaceState'>,
  rewrite: Rewrite
): void {
  rewriteCalls(prototype, 'pushState', 2, rewrite);
  rewriteCalls(prototype, 'replaceState', 2, rewrite);
}
