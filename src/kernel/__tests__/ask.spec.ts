import { ask } from '../ask';

/** A request that sends what `respond` returns, or throws what that throws. */
class FakeRequest {
  static sent: unknown[] = [];
  static respond: () => {
    status: number;
    type: string | null;
    text: string;
  };

  status = 0;
  responseText = '';
  timeout = 0;

  open(...parameters: unknown[]): void {
    FakeRequest.sent.push(parameters);
  }

  send(body: string): void {
    FakeRequest.sent.push([this.timeout, body]);
    const { status, type, text } = FakeRequest.respond();
    Object.assign(this, { status, responseText: text });
    this._type = type;
  }

  getResponseHeader(name: string): string | null {
    return name === 'content-type' ? this._type : null;
  }

  private _type: string | null = null;
}

beforeEach(() => {
  FakeRequest.sent = [];
  Object.assign(globalThis, { XMLHttpRequest: FakeRequest });
});

it('posts a report synchronously and returns the answer', () => {
  FakeRequest.respond = () => ({
    status: 200,
    type: 'application/json',
    text: '{"interrupts": []}'
  });
  expect(ask('/asgi/-/busy', '{}')).toBe('{"interrupts": []}');
  expect(FakeRequest.sent).toEqual([
    ['POST', '/asgi/-/busy', false],
    [300, '{}']
  ]);
});

it.each([
  ['a page of the host', { status: 200, type: 'text/html', text: '<p>' }],
  ['an error of the host', { status: 404, type: 'text/html', text: '<p>' }],
  [
    'an error of our worker',
    { status: 500, type: 'application/json', text: '{}' }
  ],
  ['no type', { status: 200, type: null, text: '' }]
])('returns null if the answer is %s', (_, answer) => {
  FakeRequest.respond = () => answer;
  expect(ask('/asgi/-/busy', '{}')).toBe('null');
});

it.each([
  ['TimeoutError', ''],
  ['NetworkError', 'null']
])('handles a %s', (name, returned) => {
  FakeRequest.respond = () => {
    throw new DOMException('failed', name);
  };
  expect(ask('/asgi/-/busy', '{}')).toBe(returned);
});
