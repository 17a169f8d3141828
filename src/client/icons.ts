import type { IPage } from './config';

/**
 * Take icons from the site that it carries for another origin: Chromium asks for
 * a tab's icon past the service worker, once it has all of the page.
 */
export function installIcons({ icons, mount }: IPage): void {
  if (Object.keys(icons).length === 0) {
    return;
  }
  const observer = new MutationObserver(records => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        if (node instanceof HTMLLinkElement) {
          leadIcon(node, icons, mount.base);
        }
      }
    }
  });
  observer.observe(document, { childList: true, subtree: true });
  addEventListener('load', () => observer.disconnect(), { once: true });
}

/**
 * Lead a link to an icon to the file of the site that stands for it.
 *
 * @param icons - paths of the site by the URLs that they stand for
 * @param base - the path of the site
 */
export function leadIcon(
  link: Pick<HTMLLinkElement, 'relList' | 'href'>,
  icons: IPage['icons'],
  base: string
): void {
  if (link.relList.contains('icon') && Object.hasOwn(icons, link.href)) {
    link.href = base + icons[link.href]!;
  }
}
