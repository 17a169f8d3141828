import { lend } from '../attributes';
import { leadClickMethod, leadClicks } from '../clicks';
import { downloadFrom, filenameOf } from '../downloads';
import { leadForms, leadSubmit } from '../forms';
import { leadHistory } from '../history';
import { leadArgument, leadFrom } from '../lead';
import type { INavigation } from '../navigations';
import { leadNavigations } from '../navigations';
import { leadOpening } from '../opening';
import { keepServiceWorker } from '../serviceworkers';
import { eachShadow } from '../shadows';

const ORIGIN = 'https://example.org';
const MOUNT = { base: '/demo/', root: '/demo/asgi/shop/' };
const LED = `${ORIGIN}/demo/asgi/shop/about`;

const page = { baseURI: `${ORIGIN}${MOUNT.root}list` };
const lead = leadFrom(MOUNT, page, ORIGIN);

/** An element with attributes, of a tree or of none. */
class FakeElement {
  constructor(
    readonly localName: string,
    attributes: Record<string, string> = {}
  ) {
    this._attributes = new Map(Object.entries(attributes));
  }

  isConnected = true;
  clicked: (string | null)[] = [];

  get href(): string {
    return new URL(this.getAttribute('href') ?? '', page.baseURI).href;
  }

  getAttribute(name: string): string | null {
    return this._attributes.get(name) ?? null;
  }

  setAttribute(name: string, value: string): void {
    this._attributes.set(name, value);
  }

  removeAttribute(name: string): void {
    this._attributes.delete(name);
  }

  click(): void {
    this.clicked.push(this.getAttribute('href'));
  }

  submit(): void {
    this.clicked.push(this.getAttribute('action'));
  }

  private readonly _attributes: Map<string, string>;
}

const asElement = (element: FakeElement) => element as unknown as Element;

afterEach(() => {
  jest.useRealTimers();
});

describe('lead', () => {
  it.each([
    ['/about', LED],
    [new URL('/about', ORIGIN), LED],
    ['about', null],
    ['https://elsewhere.org/about', null],
    ['http://[', null]
  ])('leads %s to %s', (url, led) => {
    expect(lead(url)).toBe(led);
  });

  it('leads the argument of a call', () => {
    expect(leadArgument(['a', '/about', 'b'], 1, lead)).toEqual([
      'a',
      LED,
      'b'
    ]);
    const args = ['a', undefined];
    expect(leadArgument(args, 1, lead)).toBe(args);
  });
});

describe('lend', () => {
  it('gives back what there was', () => {
    jest.useFakeTimers();
    const [link, form] = [
      new FakeElement('a', { href: '/about' }),
      new FakeElement('form')
    ];
    lend(asElement(link), 'href', LED);
    lend(asElement(form), 'action', LED);
    expect(link.getAttribute('href')).toBe(LED);
    jest.runAllTimers();
    expect(link.getAttribute('href')).toBe('/about');
    expect(form.getAttribute('action')).toBeNull();
  });

  it('leaves what the page has written meanwhile', () => {
    jest.useFakeTimers();
    const link = new FakeElement('a', { href: '/about' });
    lend(asElement(link), 'href', LED);
    link.setAttribute('href', '/other');
    jest.runAllTimers();
    expect(link.getAttribute('href')).toBe('/other');
  });
});

describe('a click', () => {
  function click(
    attributes: Record<string, string>,
    { type = 'click', prevented = false, ...init } = {}
  ): string | null {
    jest.useFakeTimers();
    const target = new EventTarget();
    leadClicks(target, lead);
    const link = new FakeElement('a', attributes);
    const event = Object.assign(new Event(type, { cancelable: true }), init);
    event.composedPath = () => [
      new FakeElement('b') as unknown as EventTarget,
      link as unknown as EventTarget
    ];
    if (prevented) {
      event.preventDefault();
    }
    target.dispatchEvent(event);
    return link.getAttribute('href');
  }

  it.each(['click', 'auxclick', 'contextmenu'])('%s is led', type => {
    expect(click({ href: '/about' }, { type })).toBe(LED);
  });

  it('that the page keeps to itself is not', () => {
    expect(click({ href: '/about' }, { prevented: true })).toBe('/about');
  });

  it.each([
    [{ href: 'about' }, 'about'],
    [{ href: 'https://elsewhere.org/' }, 'https://elsewhere.org/']
  ])('on %j leads where it leads', (attributes, href) => {
    expect(click(attributes)).toBe(href);
  });

  it('by a script on a link outside the page is led', () => {
    jest.useFakeTimers();
    const prototype = { click: FakeElement.prototype.click };
    leadClickMethod(prototype as Pick<HTMLElement, 'click'>, lead);
    const loose = new FakeElement('a', { href: '/about' });
    loose.isConnected = false;
    prototype.click.call(loose);
    expect(loose.clicked).toEqual([LED]);
  });
});

describe('a form', () => {
  it('is led, and so is what submits it', () => {
    jest.useFakeTimers();
    const target = new EventTarget();
    leadForms(target, lead);
    const form = new FakeElement('form', { action: '/about' });
    const submitter = new FakeElement('button', { formaction: '/about' });
    const event = Object.assign(new Event('submit'), { submitter });
    Object.defineProperty(event, 'target', { value: form });
    target.dispatchEvent(event);
    expect(form.getAttribute('action')).toBe(LED);
    expect(submitter.getAttribute('formaction')).toBe(LED);
  });

  it.each([
    ['/about', LED],
    ['', '']
  ])('with the action %j that a script submits goes to %j', (action, led) => {
    jest.useFakeTimers();
    const prototype = { submit: FakeElement.prototype.submit };
    leadSubmit(prototype, lead);
    const form = new FakeElement('form', { action });
    prototype.submit.call(form);
    expect(form.clicked).toEqual([led]);
  });
});

it('addresses that a page gives itself are led', () => {
  const calls: unknown[][] = [];
  const history = {
    pushState: (...args: unknown[]) => void calls.push(args),
    replaceState: (...args: unknown[]) => void calls.push(args)
  };
  leadHistory(history, lead);
  history.pushState({ a: 1 }, '', '/about');
  history.replaceState(null, '');
  expect(calls).toEqual([
    [{ a: 1 }, '', LED],
    [null, '']
  ]);
});

it('windows and workers are led', () => {
  const opened: unknown[] = [];
  class FakeWorker {
    constructor(readonly url: string) {}
  }
  const target = {
    open: (url?: string | URL) => {
      opened.push(url);
      return null;
    },
    Worker: FakeWorker as unknown as typeof Worker
  };
  leadOpening(target, lead);
  target.open('/about');
  target.open('');
  expect(opened).toEqual([LED, '']);
  const worker = new target.Worker('/about') as unknown as FakeWorker;
  expect([worker.url, worker instanceof FakeWorker]).toEqual([LED, true]);
});

describe('a navigation', () => {
  function navigate(
    url: string,
    init: Record<string, unknown> = {},
    download: Parameters<typeof leadNavigations>[2] = null
  ) {
    const gone: unknown[] = [];
    const navigation = Object.assign(new EventTarget(), {
      navigate: (...args: unknown[]) => {
        gone.push(args);
        const failed = Promise.reject(new Error('aborted'));
        return { committed: failed, finished: failed };
      }
    });
    leadNavigations(navigation as INavigation, lead, download);
    const event = Object.assign(new Event('navigate', { cancelable: true }), {
      navigationType: 'push',
      destination: {
        url,
        sameDocument: false,
        getState: () => 'state',
        ...(init.destination as object)
      },
      formData: null,
      downloadRequest: null,
      ...Object.fromEntries(
        Object.entries(init).filter(([name]) => name !== 'destination')
      )
    });
    navigation.dispatchEvent(event);
    return { gone, prevented: event.defaultPrevented };
  }

  it.each(['push', 'replace'])('by %s is led', history => {
    expect(navigate(`${ORIGIN}/about`, { navigationType: history })).toEqual({
      gone: [[LED, { history, state: 'state' }]],
      prevented: true
    });
  });

  it.each([
    ['in the app', `${ORIGIN}${MOUNT.root}about`, {}],
    [
      'to a place in the page',
      `${ORIGIN}/a`,
      { destination: { sameDocument: true } }
    ],
    ['by the back button', `${ORIGIN}/a`, { navigationType: 'traverse' }],
    ['of a form', `${ORIGIN}/a`, { formData: {} }],
    ['that is a download', `${ORIGIN}/a`, { downloadRequest: '' }]
  ])('%s is left to the browser', (_, url, init) => {
    expect(navigate(url, init)).toEqual({ gone: [], prevented: false });
  });

  it('that is a download is taken where the browser does not ask', () => {
    const download = jest.fn(() => true);
    const init = { downloadRequest: 'own.txt' };
    expect(navigate(`${ORIGIN}/about`, init, download).prevented).toBe(true);
    expect(download).toHaveBeenCalledWith(LED, 'own.txt');
  });

  it('is nothing where the browser has no such API', () => {
    expect(() => leadNavigations(undefined, lead, null)).not.toThrow();
  });
});

describe('the name of a download', () => {
  it.each([
    ['attachment', ''],
    ['attachment; filename=a.txt', 'a.txt'],
    ['attachment; filename="a \\"b\\".txt"', 'a "b".txt'],
    [`attachment; filename=a.txt; filename*=UTF-8''%C3%A4.txt`, '\u00e4.txt'],
    [`attachment; filename*=UTF-8''%FF`, '%FF']
  ])('of %j is %j', (disposition, name) => {
    const headers = new Headers({ 'content-disposition': disposition });
    expect(filenameOf(headers)).toBe(name);
  });

  it('is the matter of browsers that ask the service worker', () => {
    const firefox = { navigator: {} } as Window;
    expect(downloadFrom(MOUNT, firefox)).toBeNull();
  });
});

it('the service worker of the site is kept', async () => {
  const register = { register: () => Promise.resolve('registered') };
  const unregister = { unregister: () => Promise.resolve(true) };
  keepServiceWorker({
    ServiceWorkerContainer: { prototype: register as never },
    ServiceWorkerRegistration: { prototype: unregister }
  });
  await expect(register.register()).rejects.toThrow(
    'An app in JupyterLite has no service worker of its own'
  );
  expect(await unregister.unregister()).toBe(false);
});

it('each shadow tree is known', () => {
  const roots: unknown[] = [];
  const prototype = { attachShadow: () => 'root' };
  eachShadow(prototype as never, root => roots.push(root));
  expect(prototype.attachShadow()).toBe('root');
  expect(roots).toEqual(['root']);
});
