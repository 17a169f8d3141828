import { resolvingEmpty, rewriteCalls, type Rewrite } from './rewrite';

/** Rewrite the URLs that a page sets without navigating. */
export function rewriteHistory(
  prototype: Pick<History, 'pushState' | 'replaceState'>,
  rewrite: Rewrite,
  page: Pick<Document, 'baseURI'>
): void {
  const rewriteUrl = resolvingEmpty(rewrite, page);
  rewriteCalls(prototype, 'pushState', 2, rewriteUrl);
  rewriteCalls(prototype, 'replaceState', 2, rewriteUrl);
}
