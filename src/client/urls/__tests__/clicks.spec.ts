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
  /** Which modifier keys are held. */
  readonly keys?: Partial<MouseEvent>;
  /** The page's own listener. */
  readonly page?: (event: Event) => void;
}

/** The link's `href` when the browser follows it. */
function click({
  type = 'click',
  link = new FakeElement('a', { href: '/about' }),
  keys = {},
  page
}: IClick): string | null {
  const tree = new FakeTree();
  rewriteClicks(tree.asTarget, rewrite);
  const event = new Event(type, { bubbles: true, cancelable: true });
  tree.dispatch(Object.assign(event, keys), link, page);
  return link.getAttribute('href');
}

/** A link whose `href` property is not that of HTML. */
function linkOf(href: unknown, attributes: Record<string, string>) {
  const link = new FakeElement('a', attributes);
  return Object.defineProperty(link, 'href', { value: href });
}

const stop = (event: Event) => event.stopPropagation();

describe('a click', () => {
  it.each(['click', 'auxclick', 'contextmenu'])('%s is rewritten', type => {
    expect(click({ type })).toBe(REWRITTEN);
  });

  it('is rewritten after the page has seen and changed its own URL', () => {
    const link = new FakeElement('a', { href: '/' });
    const page = () => {
      expect(link.getAttribute('href')).toBe('/');
      link.setAttribute('href', '/about');
    };
    expect(click({ link, page })).toBe(REWRITTEN);
    expect.assertions(2);
  });

  it('that the page prevents is not rewritten', () => {
    const page = (event: Event) => event.preventDefault();
    expect(click({ page })).toBe('/about');
  });

  it.each<Record<string, string>>([{}, { target: '' }, { target: '_self' }])(
    'in the same tab, %j, that the page stops is not rewritten',
    attributes => {
      const link = new FakeElement('a', { href: '/about', ...attributes });
      expect(click({ link, page: stop })).toBe('/about');
    }
  );

  it.each<[string, IClick]>([
    ['by another button', { type: 'auxclick' }],
    ['for the context menu', { type: 'contextmenu' }],
    ['with Control', { keys: { ctrlKey: true } }],
    ['with Command', { keys: { metaKey: true } }],
    ['with Shift', { keys: { shiftKey: true } }],
    [
      'for another tab',
      { link: new FakeElement('a', { href: '/about', target: '_blank' }) }
    ]
  ])('%s is rewritten even if the page stops it', (_, init) => {
    expect(click({ ...init, page: stop })).toBe(REWRITTEN);
  });

  it.each([
    ['an area', new FakeElement('area', { href: '/about' }), REWRITTEN],
    ['a link in SVG', linkOf({ baseVal: '/about' }, {}), REWRITTEN],
    ['another element', new FakeElement('link', { href: '/about' }), '/about'],
    ['an `a` that is no link', linkOf(undefined, {}), null],
    ['a link in the app', new FakeElement('a', { href: 'about' }), 'about'],
    [
      'a link to another origin',
      new FakeElement('a', { href: 'https://elsewhere.org/' }),
      'https://elsewhere.org/'
    ]
  ])('on %s ends up at the right URL', (_, link, href) => {
    expect(click({ link })).toBe(href);
  });

  it('on an anchor without a URL changes nothing', () => {
    const tree = new FakeTree();
    rewriteClicks(tree.asTarget, rewriteFromRoot);
    const anchor = new FakeElement('a', { id: 'top' });
    tree.dispatch(new Event('click', { bubbles: true }), anchor);
    expect(anchor.getAttribute('href')).toBeNull();
  });
});

describe('a click by a script', () => {
  it.each([
    ['a link outside the page', 'a', false, REWRITTEN],
    // An event is dispatched for it.
    ['a link in the page', 'a', true, '/about'],
    ['another element', 'link', false, '/about']
  ])('on %s', (_, name, isConnected, rewritten) => {
    const prototype = { click: FakeElement.prototype.click };
    rewriteClickMethod(prototype as Pick<HTMLElement, 'click'>, rewrite);
    const link = new FakeElement(name, { href: '/about' });
    link.isConnected = isConnected;
    prototype.click.call(link);
    expect(link.clicked).toEqual([rewritten]);
  });
});
