import { COOKIES_HEADER } from '../../../protocol';
import { replaceFetch } from '../fetch';
import { FakePage, snapshotHeader, PAGE, sentHeader } from './fakes';

/** A window whose `fetch` responds with a snapshot and records its calls. */
class FakeWindow {
  readonly document = { baseURI: PAGE };
  readonly requests: Request[] = [];
  self: unknown;

  fetch: typeof fetch;

  constructor(page: FakePage) {
    const calls = this as FakeWindow;
    // Async like the browser's, so that invalid arguments cause a rejection.
    this.fetch = async function fetch(
      this: unknown,
      input: RequestInfo | URL,
      init?: RequestInit
    ) {
      calls.self = this;
      const url = input instanceof Request ? input : new URL(input, PAGE);
      calls.requests.push(new Request(url, init));
      const headers = { [COOKIES_HEADER]: snapshotHeader(1, 'a', '1') };
      const response = new Response('body', { headers });
      Object.defineProperty(response, 'url', { value: calls.requests[0]!.url });
      return response;
    };
    replaceFetch(this as unknown as Window & typeof globalThis, page.sync);
  }

  get request(): Request {
    return this.requests[0]!;
  }
}

let page: FakePage;
let window: FakeWindow;

beforeEach(() => {
  page = new FakePage();
  page.jar.write('w=1; path=/');
  window = new FakeWindow(page);
});

describe('fetch', () => {
  it('sends writes, and resolves after applying the snapshot', async () => {
    const response = await window.fetch('api');
    expect(sentHeader(window.request.headers).writes).toEqual(page.posted);
    expect(page.cookie).toBe('a=1');
    expect(await response.text()).toBe('body');
  });

  it('keeps the options and headers', async () => {
    const signal = AbortSignal.timeout(60_000);
    const init = Object.freeze({
      method: 'POST',
      body: 'x',
      signal,
      cache: 'no-store' as const,
      headers: Object.freeze({ 'x-a': 'b' })
    });
    await window.fetch('api', init);
    const { method, cache, headers } = window.request;
    expect([method, cache, headers.get('x-a')]).toEqual([
      'POST',
      'no-store',
      'b'
    ]);
    expect(await window.request.text()).toBe('x');
    expect(sentHeader(headers).known).toBe(-1);
    expect(Object.keys(init.headers)).toEqual(['x-a']);
  });

  it.each([
    ['a request', undefined],
    ['a request and options without headers', { cache: 'no-store' } as const]
  ])('does not modify %s', async (_, init) => {
    const request = new Request(PAGE, {
      headers: { 'x-a': 'b' },
      referrerPolicy: 'origin'
    });
    await window.fetch(request, init);
    expect([...request.headers]).toEqual([['x-a', 'b']]);
    expect(window.request.headers.get('x-a')).toBe('b');
    expect(window.request.referrerPolicy).toBe(init ? '' : 'origin');
    expect(sentHeader(window.request.headers).writes).toEqual(page.posted);
  });

  it('prefers the headers of the options to those of a request', async () => {
    const request = new Request(PAGE, { headers: { 'x-a': 'b' } });
    await window.fetch(request, { headers: [['x-c', 'd']] });
    expect([...window.request.headers.keys()]).toEqual([COOKIES_HEADER, 'x-c']);
  });

  it('accepts a request as the options', async () => {
    await window.fetch(PAGE, new Request(PAGE, { method: 'DELETE' }));
    expect(window.request.method).toBe('DELETE');
    expect(sentHeader(window.request.headers).writes).toEqual(page.posted);
  });

  it.each(['https://example.com/', '../other/'])(
    'leaves a request to %s alone',
    async url => {
      await window.fetch(url, { headers: { 'x-a': 'b' } });
      expect([...window.request.headers]).toEqual([['x-a', 'b']]);
      expect(page.jar.waiting).toHaveLength(1);
    }
  );

  it.each([
    ['an invalid URL', ['http://[']],
    ['a symbol', [Symbol('x')]],
    ['invalid headers', ['api', { headers: { 'a b': '1' } }]],
    ['invalid options', ['api', 5]]
  ])('rejects %s as the browser does', async (_, args) => {
    const call = window.fetch as (...args: unknown[]) => Promise<Response>;
    const result = call(...args);
    expect(result).toBeInstanceOf(Promise);
    await expect(result).rejects.toMatchObject({ name: 'TypeError' });
  });

  it('looks like the native function, and passes on `this`', async () => {
    const self = {};
    await window.fetch.call(self, 'api');
    expect(window.self).toBe(self);
    expect([window.fetch.name, window.fetch.length]).toEqual(['fetch', 2]);
    expect(String(window.fetch)).toContain('[native code]');
  });
});
