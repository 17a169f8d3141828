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
    records
      .flatMap(({ addedNodes }) => [...addedNodes])
      .filter(node => node instanceof HTMLLinkElement)
      .forEach(link => rewriteIcon(link, icons, mount.base));
  });
  observer.observe(document, { childList: true, subtree: true });
  addEventListener('load', () => observer.disconnect(), { once: true });
}

/** Point an icon's link at the site's copy. */
export function rewriteIcon(
  link: Pick<HTMLLinkElement, 'relList' | 'href'>,
  icons: IPageConfig['icons'],
  base: string
): void {
  if (link.relList.contains('icon') && Object.hasOwn(icons, link.href)) {
    link.href = base + icons[link.href]!;
  }
}
