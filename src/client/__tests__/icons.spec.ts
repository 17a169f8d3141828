import { rewriteIcon } from '../icons';

const ICONS = { 'https://a.org/icon.png': 'static/asgi/blank.svg' };

/** Where a link with that `rel` leads in the end. */
function led(rel: string, href: string): string {
  const tokens = rel.split(' ');
  const relList = {
    contains: (token: string) => tokens.includes(token)
  } as DOMTokenList;
  const link = { relList, href };
  rewriteIcon(link, ICONS, '/demo/');
  return link.href;
}

describe('leadIcon', () => {
  it.each(['icon', 'shortcut icon'])('takes an %s from the site', rel => {
    expect(led(rel, 'https://a.org/icon.png')).toBe(
      '/demo/static/asgi/blank.svg'
    );
  });

  it.each([
    ['icon', 'https://a.org/other.png'],
    ['icon', 'constructor'],
    ['stylesheet', 'https://a.org/icon.png']
  ])('leaves the %s %s alone', (rel, href) => {
    expect(led(rel, href)).toBe(href);
  });
});
