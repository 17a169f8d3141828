import { setTemporarily } from '../attributes';
import { rewriteHistory } from '../history';
import { rewriteArgument } from '../rewrite';
import type { IOpens } from '../opening';
import { rewriteOpening } from '../opening';
import { keepServiceWorker } from '../serviceWorkers';
import { onAttachShadow } from '../../shadowRoots';
import {
  asElement,
  FakeElement,
  rewrite,
  rewriteFromRoot,
  REWRITTEN,
  ORIGIN
} from './fakes';

afterEach(() => {
  jest.useRealTimers();
});

describe('rewrite', () => {
  it.each([
    ['/about', REWRITTEN],
    ['about', null],
    ['https://elsewhere.org/about', null],
    ['http://[', null]
  ])('maps %s to %s', (url, rewritten) => {
    expect(rewrite(url)).toBe(rewritten);
  });

  it.each([
    '/about',
    new URL('/about', ORIGIN),
    { toString: (): string => '/about' }
  ])('is applied to the argument %s of a call', url => {
    const args = ['a', url, 'b'];
    expect(rewriteArgument(args, 1, rewrite)).toEqual(['a', REWRITTEN, 'b']);
  });

  it.each([
    [['a', undefined]],
    [['a', null]],
    [['a']],
    [['a', 'about']],
    [['a', { toString: (): string => 'about' }]]
  ])('leaves the arguments %j alone', args => {
    expect(rewriteArgument(args, 1, rewrite)).toBe(args);
  });
});

describe('setTemporarily', () => {
  it('restores the original value', () => {
    jest.useFakeTimers();
    const [link, form] = [
      new FakeElement('a', { href: '/about' }),
      new FakeElement('form')
    ];
    setTemporarily(asElement(link), 'href', REWRITTEN);
    setTemporarily(asElement(form), 'action', REWRITTEN);
    expect(link.getAttribute('href')).toBe(REWRITTEN);
    jest.runAllTimers();
    expect(link.getAttribute('href')).toBe('/about');
    expect(form.getAttribute('action')).toBeNull();
  });

  it('keeps what the page has written meanwhile', () => {
    jest.useFakeTimers();
    const link = new FakeElement('a', { href: '/about' });
    setTemporarily(asElement(link), 'href', REWRITTEN);
    link.setAttribute('href', '/other');
    jest.runAllTimers();
    expect(link.getAttribute('href')).toBe('/other');
  });
});

it('history entries are rewritten', () => {
  const calls: unknown[][] = [];
  const history = {
    pushState: (...args: unknown[]) => void calls.push(args),
    replaceState: (...args: unknown[]) => void calls.push(args)
  };
  rewriteHistory(history, rewriteFromRoot, { baseURI: `${ORIGIN}/about` });
  history.pushState({ a: 1 }, '', '/about');
  history.replaceState({ a: 2 }, '', '/about');
  history.pushState(null, '', '');
  history.replaceState(null, '');
  expect(calls).toEqual([
    [{ a: 1 }, '', REWRITTEN],
    [{ a: 2 }, '', REWRITTEN],
    [null, '', REWRITTEN],
    [null, '']
  ]);
});

describe('a URL that a script opens', () => {
  class FakeWorker {
    constructor(
      readonly url: string,
      readonly options?: WorkerOptions
    ) {}
  }

  function page(constructors: readonly string[]) {
    const opened: unknown[] = [];
    const target = {
      document: { baseURI: `${ORIGIN}/about` },
      open: (url?: string | URL) => {
        opened.push(url);
        return null;
      },
      ...Object.fromEntries(constructors.map(name => [name, FakeWorker]))
    } as IOpens & Record<string, typeof FakeWorker>;
    rewriteOpening(target, rewriteFromRoot);
    return { target, opened };
  }

  it('is rewritten, except for an empty window', () => {
    const { target, opened } = page([]);
    target.open('/about');
    target.open('');
    target.open();
    expect(opened).toEqual([REWRITTEN, '', undefined]);
  });

  it('is that of the page or its `<base>` for a worker with an empty URL', () => {
    const { target } = page(['Worker']);
    expect(new target.Worker!('')).toMatchObject({ url: REWRITTEN });
  });

  it.each([
    ['Worker', ['Worker', 'SharedWorker']],
    ['SharedWorker', ['Worker', 'SharedWorker']],
    // Chromium for Android has no `SharedWorker`.
    ['Worker', ['Worker']]
  ])('is rewritten for a %s, if the browser has %j', (name, constructors) => {
    const { target } = page(constructors);
    class Own extends target[name]! {}
    const worker = new Own('/about', { type: 'module' });
    expect([worker.url, worker.options]).toEqual([
      REWRITTEN,
      { type: 'module' }
    ]);
    expect(worker).toBeInstanceOf(Own);
  });
});

it('the service worker of the site is kept', async () => {
  const register = { register: () => Promise.resolve('registered') };
  const unregister = { unregister: () => Promise.resolve(true) };
  keepServiceWorker(register as never, unregister);
  await expect(register.register()).rejects.toMatchObject({
    name: 'NotSupportedError',
    message:
      'An app in JupyterLite cannot register a service worker, because the ' +
      "site's own handles its requests: run without one."
  });
  expect(await unregister.unregister()).toBe(false);
});

it('`install` is called with each shadow tree', () => {
  const roots: unknown[] = [];
  const prototype = { attachShadow: () => 'root' };
  onAttachShadow(prototype as never, root => roots.push(root));
  expect(prototype.attachShadow()).toBe('root');
  expect(roots).toEqual(['root']);
});
