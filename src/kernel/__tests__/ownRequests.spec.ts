import { OWN_REQUEST_HEADER } from '../../protocol';
import { markOwnRequests } from '../ownRequests';

class FakeRequest {
  static opened: unknown[][] = [];
  readonly headers: [string, string][] = [];

  open(...given: unknown[]): void {
    FakeRequest.opened.push(given);
  }

  setRequestHeader(name: string, value: string): void {
    this.headers.push([name, value]);
  }
}

const isOwn = jest.fn((url: string) =>
  url.startsWith('https://example.org/demo/asgi/shop/')
);

beforeEach(() => {
  FakeRequest.opened = [];
  Object.assign(globalThis, {
    XMLHttpRequest: FakeRequest,
    location: new URL('https://example.org/demo/kernel.js')
  });
  FakeRequest.prototype.open = function (...given) {
    FakeRequest.opened.push(given);
  };
  isOwn.mockClear();
  markOwnRequests('https://example.org/demo/asgi/', isOwn);
});

it.each([
  ['asgi/shop/items', false, [[OWN_REQUEST_HEADER, 'synchronous']]],
  ['asgi/shop/items', true, []],
  ['asgi/other/', false, []]
])('a request for %s, asynchronous: %s', (url, asynchronous, headers) => {
  const request = new FakeRequest();
  request.open('GET', url, asynchronous);
  expect(request.headers).toEqual(headers);
  expect(FakeRequest.opened).toEqual([['GET', url, asynchronous]]);
});

it('a request is asynchronous by default, and keeps its credentials', () => {
  const request = new FakeRequest();
  request.open('GET', '/demo/asgi/shop/');
  expect(request.headers).toEqual([]);
  request.open('GET', '/demo/asgi/shop/', false, 'ann', 'secret');
  expect(FakeRequest.opened).toEqual([
    ['GET', '/demo/asgi/shop/'],
    ['GET', '/demo/asgi/shop/', false, 'ann', 'secret']
  ]);
});

it('a request to the drive does not call Python', () => {
  new FakeRequest().open('POST', '/demo/api/drive', false);
  expect(isOwn).not.toHaveBeenCalled();
});
