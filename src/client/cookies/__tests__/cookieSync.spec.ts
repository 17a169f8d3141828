import { FakePage, MOUNT, snapshotHeader, ORIGIN, PAGE } from './fakes';

const CARRIED = { value: '', writes: [] };

let page: FakePage;

beforeEach(() => {
  page = new FakePage();
});

describe('carry', () => {
  it.each([
    ['', true],
    ['api', true],
    ['?q', true],
    [MOUNT.root, true],
    [`${ORIGIN}${MOUNT.root}api`, true],
    ['/api', true],
    ['../other/', false],
    ['../shops/', false],
    ['/demo/lab/', false],
    ['https://example.com/demo/asgi/shop/', false],
    ['http://example.org/demo/asgi/shop/', false],
    ['data:,x', false],
    ['http://[', false]
  ])('accompanies a request to %j: %s', (url, ours) => {
    expect(page.sync.carry(url, PAGE) !== null).toBe(ours);
  });

  it('contains the last known change and the unconfirmed writes', () => {
    page.jar.take({ changes: 7, written: null, cookies: [], cleared: null });
    page.jar.write('a=ä');
    const carried = page.sync.carry('api', PAGE);
    expect(carried?.value).toMatch(/^[\x21-\x7e]*$/);
    expect(JSON.parse(decodeURIComponent(carried!.value))).toEqual({
      known: 7,
      writes: page.posted
    });
    expect(carried?.writes).toEqual([page.posted[0]?.id]);
  });
});

describe('take', () => {
  it.each([
    [PAGE, 'a=1'],
    [`${ORIGIN}/api`, 'a=1'],
    [`${ORIGIN}/demo/asgi/other/`, ''],
    ['https://example.com/', ''],
    ['', '']
  ])('applies a snapshot from %j: %j', (url, cookie) => {
    page.sync.take(url, () => snapshotHeader(1, 'a', '1'), CARRIED);
    expect(page.cookie).toBe(cookie);
  });

  it('does not read the headers of another site', () => {
    const read = jest.fn();
    page.sync.take('https://example.com/', read, CARRIED);
    expect(read).not.toHaveBeenCalled();
  });

  it.each([null, '', '%', '{', 'null', '1', '[]', '{}', '{"changes":1}'])(
    'ignores %j',
    value => {
      page.jar.write('a=1; path=/');
      const carried = page.sync.carry(PAGE)!;
      page.sync.take(PAGE, () => value, carried);
      expect(page.cookie).toBe('a=1');
      expect(page.jar.waiting).toHaveLength(1);
    }
  );
});
