import type { Lead } from './rewrite';
import { leadMethod } from './rewrite';

/**
 * Lead the addresses that a page gives itself without loading anything.
 *
 * @param prototype - that of the page's `history`
 */
export function leadHistory(
  prototype: Pick<History, 'pushState' | 'replaceState'>,
  lead: Lead
): void {
  leadMethod(prototype, 'pushState', 2, lead);
  leadMethod(prototype, 'replaceState', 2, lead);
}
