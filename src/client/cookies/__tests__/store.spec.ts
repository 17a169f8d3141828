import { replaceCookieStore } from '../store';
import { FakePage, PAGE } from './fakes';

interface IItem {
  readonly name: string;
  readonly value?: string;
}

class FakeEvent extends Event {
  readonly changed: IItem[];
  readonly deleted: IItem[];

  constructor(type: string, init: { changed?: IItem[]; deleted?: IItem[] }) {
    super(type);
    // As a browser that tells name and value alone.
    const told = ({ name, value }: IItem) =>
      value === undefined ? { name } : { name, value };
    this.changed = (init.changed ?? []).map(told);
    this.deleted = (init.deleted ?? []).map(told);
  }
}

/** A window in which the site has a cookie. */
function makeWindow() {
  class CookieStore extends EventTarget {
    #handler: unknown = null;

    get onchange(): unknown {
      return this.#handler;
    }

    set onchange(handler: unknown) {
      this.#handler = handler;
    }

    async get(): Promise<unknown> {
      return this.#handler ?? 'the site’s';
    }

    async getAll(): Promise<unknown> {
      return this.get();
    }

    async set(_: unknown): Promise<unknown> {
      return this.get();
    }

    async delete(_: unknown): Promise<unknown> {
      return this.get();
    }
  }
  const native = new CookieStore();
  return {
    CookieStore,
    CookieChangeEvent: FakeEvent,
    document: { URL: `${PAGE}#here`, baseURI: PAGE },
    get cookieStore() {
      return native;
    }
  };
}

type Loose = Record<
  'get' | 'getAll' | 'set' | 'delete',
  (...args: unknown[]) => Promise<unknown>
>;

let page: FakePage;
let window: ReturnType<typeof makeWindow>;
let store: EventTarget & Loose & { onchange: unknown };

beforeEach(() => {
  page = new FakePage();
  window = makeWindow();
  replaceCookieStore(window as unknown as Window & typeof globalThis, page.jar);
  store = window.cookieStore as unknown as typeof store;
});

describe('cookieStore', () => {
  it('sets, gets and deletes cookies of the app', async () => {
    await store.set('a', '1');
    await store.set({ name: 'b', value: '2', path: '/list' });
    expect(page.cookie).toBe('b=2; a=1');
    expect(await store.get('a')).toEqual({ name: 'a', value: '1' });
    expect(await store.get({ name: 'b', url: '#x' })).toMatchObject({
      value: '2'
    });
    expect(await store.get('c')).toBeNull();
    expect(await store.getAll()).toHaveLength(2);
    expect(await store.getAll('b')).toEqual([{ name: 'b', value: '2' }]);
    await store.delete('a');
    await store.delete({ name: 'b', path: '/list' });
    expect(page.cookie).toBe('');
    expect(page.posted).toHaveLength(4);
  });

  it('deletes one without a name', async () => {
    await store.set('', 'a');
    expect(page.cookie).toBe('a');
    await store.delete('');
    expect(page.cookie).toBe('');
  });

  it.each([
    ['get', []],
    ['get', [{}]],
    ['get', [null]],
    ['get', [{ name: 'a', url: '/other' }]],
    ['getAll', [{ url: 'https://example.com/' }]],
    ['set', []],
    ['set', ['a']],
    ['set', [{ name: 'a' }]],
    ['set', ['a', '1;']],
    ['set', [{ name: 'a', value: '1', domain: 'example.com' }]],
    ['delete', []],
    ['delete', [{}]]
  ] as const)('rejects %s of %j', async (method, args) => {
    await expect(store[method](...args)).rejects.toMatchObject({
      name: 'TypeError',
      message: expect.stringMatching(/^[A-Z].*\.$/) as string
    });
  });

  it('tells of what changes, in a task', async () => {
    const events: FakeEvent[] = [];
    const told = new Promise<void>(resolve => {
      store.onchange = (event: FakeEvent) => {
        events.push(event);
        if (events.length === 2) {
          resolve();
        }
      };
    });
    await store.set('a', '1');
    await store.set('a', '1');
    expect(events).toEqual([]);
    await store.delete('a');
    await told;
    expect(events.map(({ changed, deleted }) => [changed, deleted])).toEqual([
      [[{ name: 'a', value: '1' }], []],
      [[], [{ name: 'a' }]]
    ]);
  });

  it('tells of nothing that the page does not see', async () => {
    const listener = jest.fn();
    store.addEventListener('change', listener);
    await store.set({ name: 'a', value: '1', path: '/elsewhere' });
    await new Promise(resolve => setTimeout(resolve));
    expect(listener).not.toHaveBeenCalled();
  });

  it('keeps one handler', async () => {
    const first = jest.fn();
    store.onchange = first;
    store.onchange = 5;
    expect(store.onchange).toBeNull();
    const called = new Promise(resolve => {
      store.onchange = resolve;
    });
    await store.set('a', '1');
    await called;
    expect(first).not.toHaveBeenCalled();
  });

  it('is one of its class, the same each time, and not the browser’s', async () => {
    expect(window.cookieStore).toBe(store);
    expect(store).toBeInstanceOf(window.CookieStore);
    const { get } = window.CookieStore.prototype;
    await expect(get.call({} as never)).rejects.toMatchObject({
      name: 'TypeError'
    });
  });

  it('is not made where the browser has none', () => {
    const bare = {} as Window & typeof globalThis;
    replaceCookieStore(bare, page.jar);
    expect('cookieStore' in bare).toBe(false);
  });
});
