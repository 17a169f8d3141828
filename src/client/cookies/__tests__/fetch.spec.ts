import { COOKIES_HEADER } from '../../../protocol';
import { replaceFetch } from '../fetch';
import { FakePage, news, PAGE, said } from './fakes';

/** A window whose `fetch` answers with the news of a kernel, and keeps what it was called with. */
class FakeWindow {
  readonly document = { baseURI: PAGE };
  readonly requests: Request[] = [];
  self: unknown;

  fetch: typeof fetch;

  constructor(page: FakePage) {
    const calls = this as FakeWindow;
    // As the browser's: whatever is wrong with the arguments is a rejection.
    this.fetch = async function fetch(
      this: unknown,
      input: RequestInfo | URL,
      init?: RequestInit
    ) {
      calls.self = this;
      const url = input instanceof Request ? input : new URL(input, PAGE);
      calls.requests.push(new Request(url, init));
      const headers = { [COOKIES_HEADER]: news(1, 'a', '1') };
      const response = new Response('body', { headers });
      Object.defineProperty(response, 'url', { value: calls.requests[0]!.url });
      return response;
    };
    replaceFetch(this as unknown as Window & typeof globalThis, page.requests);
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
  it('tells what scripts wrote, and has what the response told when it resolves', async () => {
    const response = await window.fetch('api');
    expect(said(window.request.headers).writes).toEqual(page.posted);
    expect(page.cookie).toBe('a=1');
    expect(await response.text()).toBe('body');
  });

  it('keeps the options, and the headers that it was given', async () => {
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
    expect(said(headers).known).toBe(-1);
    expect(Object.keys(init.headers)).toEqual(['x-a']);
  });

  it.each([
    ['a request', undefined],
    ['a request and options without headers', { cache: 'no-store' } as const]
  ])('leaves %s as it was', async (_, init) => {
    const request = new Request(PAGE, {
      headers: { 'x-a': 'b' },
      referrerPolicy: 'origin'
    });
    await window.fetch(request, init);
    expect([...request.headers]).toEqual([['x-a', 'b']]);
    expect(window.request.headers.get('x-a')).toBe('b');
    expect(window.request.referrerPolicy).toBe(init ? '' : 'origin');
    expect(said(window.request.headers).writes).toEqual(page.posted);
  });

  it('takes the headers of the options before those of a request', async () => {
    const request = new Request(PAGE, { headers: { 'x-a': 'b' } });
    await window.fetch(request, { headers: [['x-c', 'd']] });
    expect([...window.request.headers.keys()]).toEqual([COOKIES_HEADER, 'x-c']);
  });

  it('takes a request for options', async () => {
    await window.fetch(PAGE, new Request(PAGE, { method: 'DELETE' }));
    expect(window.request.method).toBe('DELETE');
    expect(said(window.request.headers).writes).toEqual(page.posted);
  });

  it.each(['https://example.com/', '../other/'])(
    'leaves alone what goes to %s',
    async url => {
      await window.fetch(url, { headers: { 'x-a': 'b' } });
      expect([...window.request.headers]).toEqual([['x-a', 'b']]);
      expect(page.jar.waiting).toHaveLength(1);
    }
  );

  it.each([
    ['no URL', ['http://[']],
    ['a symbol', [Symbol('x')]],
    ['headers that are none', ['api', { headers: { 'a b': '1' } }]],
    ['no options', ['api', 5]]
  ])('rejects %s as the browser does', async (_, args) => {
    const call = window.fetch as (...args: unknown[]) => Promise<Response>;
    const result = call(...args);
    expect(result).toBeInstanceOf(Promise);
    await expect(result).rejects.toMatchObject({ name: 'TypeError' });
  });

  it('looks like the browser’s, and hands on what it is called on', async () => {
    const self = {};
    await window.fetch.call(self, 'api');
    expect(window.self).toBe(self);
    expect([window.fetch.name, window.fetch.length]).toEqual(['fetch', 2]);
    expect(String(window.fetch)).toContain('[native code]');
  });
});
