import { rewriteClickMethod, rewriteClicks } from '../clicks';
import {
  FakeElement,
  FakeTree,
  rewrite,
  rewriteFromRoot,
  REWRITTEN
} from './fakes';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

interface IClick {
  readonly type?: string;
  readonly link?: FakeElement;
  /** Which keys are held. */
  readonly keys?: Partial<MouseEvent>;
  /** What a script of the page does when it hears of it. */
  readonly page?: (event: Event) => void;
}

/** What a link says when the browser follows it. */
function click({
  type = 'click',
  link = new FakeElement('a', { href: '/about' }),
  keys = {},
  page
}: IClick): string | null {
  const tree = new FakeTree();
  rewriteClicks(tree.asTarget, rewrite);
  const event = new Event(type, { bubbles: true, cancelable: true });
  tree.happen(Object.assign(event, keys), link, page);
  return link.getAttribute('href');
}

/** A link whose `href` is not what HTML says. */
function linkOf(href: unknown, attributes: Record<string, string>) {
  const link = new FakeElement('a', attributes);
  return Object.defineProperty(link, 'href', { value: href });
}

const stop = (event: Event) => event.stopPropagation();

describe('a click', () => {
  it.each(['click', 'auxclick', 'contextmenu'])('%s is led', type => {
    expect(click({ type })).toBe(REWRITTEN);
  });

  it('is led as the page leaves the link, which has seen what it wrote', () => {
    const link = new FakeElement('a', { href: '/' });
    const page = () => {
      expect(link.getAttribute('href')).toBe('/');
      link.setAttribute('href', '/about');
    };
    expect(click({ link, page })).toBe(REWRITTEN);
    expect.assertions(2);
  });

  it('that the page prevents is not led', () => {
    const page = (event: Event) => event.preventDefault();
    expect(click({ page })).toBe('/about');
  });

  it.each<Record<string, string>>([{}, { target: '' }, { target: '_self' }])(
    'in its own place, %j, that the page stops is not led',
    attributes => {
      const link = new FakeElement('a', { href: '/about', ...attributes });
      expect(click({ link, page: stop })).toBe('/about');
    }
  );

  it.each<[string, IClick]>([
    ['by another button', { type: 'auxclick' }],
    ['for a menu', { type: 'contextmenu' }],
    ['with Control', { keys: { ctrlKey: true } }],
    ['with Command', { keys: { metaKey: true } }],
    ['with Shift', { keys: { shiftKey: true } }],
    [
      'for another tab',
      { link: new FakeElement('a', { href: '/about', target: '_blank' }) }
    ]
  ])('%s is led even if the page stops it', (_, init) => {
    expect(click({ ...init, page: stop })).toBe(REWRITTEN);
  });

  it.each([
    ['an area', new FakeElement('area', { href: '/about' }), REWRITTEN],
    ['a link in SVG', linkOf({ baseVal: '/about' }, {}), REWRITTEN],
    ['no link', new FakeElement('link', { href: '/about' }), '/about'],
    ['an a of another kind', linkOf(undefined, {}), null],
    ['a link in the app', new FakeElement('a', { href: 'about' }), 'about'],
    [
      'a link elsewhere',
      new FakeElement('a', { href: 'https://elsewhere.org/' }),
      'https://elsewhere.org/'
    ]
  ])('on %s leads where it leads', (_, link, href) => {
    expect(click({ link })).toBe(href);
  });

  it('on an anchor that leads nowhere does so', () => {
    const tree = new FakeTree();
    rewriteClicks(tree.asTarget, rewriteFromRoot);
    const anchor = new FakeElement('a', { id: 'top' });
    tree.happen(new Event('click', { bubbles: true }), anchor);
    expect(anchor.getAttribute('href')).toBeNull();
  });
});

describe('a click by a script', () => {
  it.each([
    ['a link outside the page', 'a', false, REWRITTEN],
    // An event tells of it.
    ['a link in the page', 'a', true, '/about'],
    ['what is no link', 'link', false, '/about']
  ])('on %s', (_, name, isConnected, rewritten) => {
    const prototype = { click: FakeElement.prototype.click };
    rewriteClickMethod(prototype as Pick<HTMLElement, 'click'>, rewrite);
    const link = new FakeElement(name, { href: '/about' });
    link.isConnected = isConnected;
    prototype.click.call(link);
    expect(link.clicked).toEqual([rewritten]);
  });
});
