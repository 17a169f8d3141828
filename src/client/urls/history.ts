import { rewriteCalls, type Rewrite } from './rewrite';

/** Rewrite the URLs that a page sets without navigating. */
export function rewriteHistory(
  prototype: Pick<History, 'pushState' | 'replaceState'>,
  rewrite: Rewrite
): void {
  rewriteCalls(prototype, 'pushState', 2, rewrite);
  rewriteCalls(prototype, 'replaceState', 2, rewrite);
}
