import { rewriteCalls, type Rewrite } from './rewrite';

/**
 * Rewrite the URLs that a page sets without navigating.
 *
 * @param page - the page's document, whose `<base>` Chromium resolves even an empty URL against
 */
export function rewriteHistory(
  prototype: Pick<History, 'pushState' | 'replaceState'>,
  rewrite: Rewrite,
  page: Pick<Document, 'baseURI'>
): void {
  const rewriteUrl: Rewrite = url => rewrite(url === '' ? page.baseURI : url);
  rewriteCalls(prototype, 'pushState', 2, rewriteUrl);
  rewriteCalls(prototype, 'replaceState', 2, rewriteUrl);
}
