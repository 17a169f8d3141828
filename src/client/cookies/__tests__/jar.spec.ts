import type { ICookie, ISnapshot } from '../cookie';
import { serialize } from '../cookie';
import type { IWrite } from '../jar';
import { Jar } from '../jar';

const PAGE = 'https://example.org/asgi/shop/list/page';

function cookie(name: string, value: string, more?: Partial<ICookie>): ICookie {
  const path = '/asgi/shop';
  const rest = { expires: null, secure: false, same_site: 'lax' as const };
  return { name, value, path, ...rest, ...more };
}

function snapshot(
  changes: number,
  cookies: ICookie[] = [],
  written: string | null = null,
  cleared: number | null = null
): ISnapshot {
  return { changes, written, cookies, cleared };
}

let now: number;
let url: URL;
let crossSite: boolean;
let posted: IWrite[];
let jar: Jar;

beforeEach(() => {
  now = 1_700_000_000_000;
  url = new URL(PAGE);
  crossSite = false;
  posted = [];
  const page = () => ({ url, crossSite });
  jar = new Jar('/asgi/shop', page, write => posted.push(write));
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});

afterEach(() => {
  jest.restoreAllMocks();
});

function text(): string {
  return jar.visible().map(serialize).join('; ');
}

describe('a snapshot', () => {
  it('is what the page sees, longest path first', () => {
    const path = '/asgi/shop/list';
    jar.take(snapshot(1, [cookie('a', '1'), cookie('b', '2', { path })]));
    jar.take(snapshot(2, [cookie('', '0'), cookie('c', '3', { path })]));
    expect(text()).toBe('c=3; 0');
    expect(jar.known).toBe(2);
  });

  it('is not replaced by an older one that arrives later', () => {
    jar.take(snapshot(2, [cookie('a', '2')]));
    jar.take(snapshot(1, [cookie('a', '1')]));
    expect(text()).toBe('a=2');
  });

  it.each([
    ['/asgi/shop/list/page', 'a'],
    ['/asgi/shop/list', 'a'],
    ['/asgi/shop/list/', 'a'],
    ['/asgi/shop/lists', ''],
    ['/asgi/shop/', '']
  ])('is visible only below its path: %s', (path, seen) => {
    jar.take(snapshot(1, [cookie('', 'a', { path: '/asgi/shop/list' })]));
    url = new URL(path, PAGE);
    expect(text()).toBe(seen);
  });

  it('drops expired cookies', () => {
    jar.take(snapshot(1, [cookie('a', '1', { expires: now + 1000 })]));
    now += 999;
    expect(text()).toBe('a=1');
    now += 1;
    expect(text()).toBe('');
  });

  it('hides Secure cookies from insecure pages', () => {
    jar.take(snapshot(1, [cookie('a', '1', { secure: true })]));
    url = new URL('http://example.org/asgi/shop/');
    expect(text()).toBe('');
    jar.write('a=2; path=/');
    expect(posted).toEqual([]);
    url = new URL('http://localhost/asgi/shop/');
    expect(text()).toBe('a=1');
  });

  it('shows only SameSite=None cookies in a page that another site embeds', () => {
    const none = { secure: true, same_site: 'none' as const };
    jar.take(snapshot(1, [cookie('a', '1'), cookie('b', '2', none)]));
    crossSite = true;
    expect(text()).toBe('b=2');
  });
});

describe('a write', () => {
  it('is visible at once, and sent', () => {
    jar.write('a=1; path=/');
    expect(text()).toBe('a=1');
    expect(posted).toEqual([
      { id: expect.any(String), url: PAGE, line: 'a=1; path=/', sent: now }
    ]);
    expect(jar.waiting).toEqual(posted);
  });

  it('is ignored if invalid', () => {
    jar.write('a=1; HttpOnly');
    expect([text(), posted, jar.waiting]).toEqual(['', [], []]);
  });

  it('is sent well-formed', () => {
    jar.write('a=\ud800');
    expect(posted[0]?.line).toBe('a=\ufffd');
    expect(text()).toBe('a=\ufffd');
  });

  it('keeps the position of the cookie that it replaces, or deletes it', () => {
    jar.take(snapshot(1, [cookie('a', '1'), cookie('b', '2')]));
    jar.write('a=3; path=/');
    expect(text()).toBe('a=3; b=2');
    jar.write('a=; path=/; max-age=0');
    expect(text()).toBe('b=2');
    jar.write('a=4; path=/');
    expect(text()).toBe('b=2; a=4');
  });

  it('overrides snapshots until the kernel confirms it', () => {
    jar.write('a=1; path=/');
    jar.take(snapshot(1, [cookie('a', '0'), cookie('b', '2')]));
    expect(text()).toBe('a=1; b=2');
    jar.take(snapshot(2, [cookie('a', '1')], posted[0]?.id));
    expect(jar.waiting).toEqual([]);
    jar.take(snapshot(3, [cookie('a', '9')]));
    expect(text()).toBe('a=9');
  });

  it('is dropped if the kernel rejected it', () => {
    jar.take(snapshot(1));
    jar.write('a=1; path=/');
    jar.take(snapshot(2, [], posted[0]?.id));
    expect(text()).toBe('');
  });

  it('is confirmed by the response to the request that carried it', () => {
    jar.write('a=1; path=/');
    jar.write('b=1; path=/');
    jar.take(snapshot(1, [cookie('a', '2')]), [posted[0]!.id]);
    expect(text()).toBe('a=2; b=1');
    expect(jar.waiting).toEqual([posted[1]]);
  });

  it('is confirmed by an older snapshot that arrives late', () => {
    jar.write('a=1; path=/');
    jar.take(snapshot(3, [cookie('a', '3')]));
    jar.take(snapshot(2, [cookie('a', '1')], posted[0]?.id));
    expect(text()).toBe('a=3');
  });

  it('stays visible, but is no longer resent, if no kernel confirms it', () => {
    for (let index = 0; index < 200; index++) {
      jar.write(`c${index}=1; path=/`);
    }
    expect(jar.waiting).toEqual(posted.slice(20));
    expect(text()).toMatch(/^c20=1; .*; c199=1$/);
    expect(jar.visible()).toHaveLength(180);
  });

  it('takes the place of the first insecure cookie in a full jar', () => {
    const names = Array.from({ length: 180 }, (_, index) => `c${index}`);
    jar.take(
      snapshot(
        1,
        names.map((name, index) => cookie(name, '', { secure: index !== 99 }))
      )
    );
    jar.write('a=1; path=/');
    expect(jar.visible().map(({ name }) => name)).toEqual([
      ...names.filter(name => name !== 'c99'),
      'a'
    ]);
    jar.write('b=1; path=/');
    expect(text()).toMatch(/; b=1$/);
    expect(text()).not.toMatch(/a=1/);
  });

  it('is confirmed together with those before it', () => {
    for (const name of 'abc') {
      jar.write(`${name}=1; path=/`);
    }
    jar.take(snapshot(1, [], posted[1]?.id));
    expect(jar.waiting).toEqual([posted[2]]);
    expect(text()).toBe('c=1');
  });
});

it('news of a cleared storage is passed on once', () => {
  const times: number[] = [];
  const page = () => ({ url, crossSite });
  jar = new Jar(
    '/asgi/shop',
    page,
    () => undefined,
    time => times.push(time)
  );
  jar.take(snapshot(1));
  jar.take(snapshot(3, [], null, 30));
  jar.take(snapshot(3, [], null, 30));
  jar.take(snapshot(2, [], null, 20));
  expect(times).toEqual([30]);
});

describe('requestSnapshot', () => {
  it('sends an empty write', () => {
    jar.requestSnapshot();
    expect(posted).toEqual([
      { id: expect.any(String), url: PAGE, line: '', sent: now }
    ]);
    expect(jar.waiting).toEqual([]);
  });
});
