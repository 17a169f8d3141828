import type { IPageConfig } from './config';

/**
 * Load icons of another origin from the site if it carries them: Chromium
 * requests a tab's icon past the service worker, once the page has loaded.
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
 * Point a link to an icon at the file of the site that stands for it.
 *
 * @param icons - paths of the site by the URLs that they stand for
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
