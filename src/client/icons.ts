import type { IPageConfig } from './config';

/**
 * Load cross-origin icons from the site if it has copies: Chromium requests a
 * tab's icon after the page has loaded, bypassing the service worker.
 */
export function installIcons({ icons, mount }: IPageConfig): void {
  if (Object.keys(icons).length === 0) {
    return;
  }
  const observer = new MutationObserver(records => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        if (node instanceof HTMLLinkElement) {
          rewriteIcon(node, icons, mount.base);
        }
      }
    }
  });
  observer.observe(document, { childList: true, subtree: true });
  addEventListener('load', () => observer.disconnect(), { once: true });
}

/**
 * Point an icon's link at the site's copy.
 *
 * @param icons - paths on the site by the URLs that they replace
 * @param base - the path of the site
 */
export function rewriteIcon(
  link: Pick<HTMLLinkElement, 'relList' | 'href'>,
  icons: IPageConfig['icons'],
  base: string
): void {
  if (link.relList.contains('icon') && Object.hasOwn(icons, link.href)) {
    link.href = base + icons[link.href]!;
  }
}
