/** Gives the shell's page the title and the icon of the app's page, also when they change. */

export function mirrorTitle(shown: Document, title: string): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel~=icon]');
  const own = icon?.href ?? '';
  const mirror = () => {
    document.title = shown.title || title;
    const icons = shown.querySelectorAll<HTMLLinkElement>('link[rel~=icon]');
    const href = [...icons].at(-1)?.href || own;
    if (icon !== null && icon.href !== href) {
      icon.href = href;
    }
  };
  mirror();
  new MutationObserver(mirror).observe(shown.head ?? shown, {
    attributes: true,
    characterData: true,
    childList: true,
    subtree: true
  });
}
