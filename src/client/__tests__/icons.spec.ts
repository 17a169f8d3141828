import { rewriteIcon } from '../icons';

const ICONS = { 'https://a.org/icon.png': 'static/asgi/blank.svg' };

/** The rewritten `href` of a link with this `rel`. */
function rewritten(rel: string, href: string): string {
  const tokens = rel.split(' ');
  const relList = {
    contains: (token: string) => tokens.includes(token)
  } as DOMTokenList;
  const link = { relList, href };
  rewriteIcon(link, ICONS, '/demo/');
  return link.href;
}

describe('rewriteIcon', () => {
  it.each(['icon', 'shortcut icon'])('loads an %s from the site', rel => {
    expect(rewritten(rel, 'https://a.org/icon.png')).toBe(
      '/demo/static/asgi/blank.svg'
    );
  });

  it.each([
    ['icon', 'https://a.org/other.png'],
    ['icon', 'constructor'],
    ['stylesheet', 'https://a.org/icon.png']
  ])('leaves the %s %s alone', (rel, href) => {
    expect(rewritten(rel, href)).toBe(href);
  });
});
