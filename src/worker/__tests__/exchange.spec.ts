import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FromKernel, FromWorker } from '../../protocol';
import { CHUNK, joinHeaders, VERSION, WINDOW } from '../../protocol';
import type { IReplies } from '../exchange';
import { Exchange, PATIENCE, TIMEOUT } from '../exchange';

const URL_ = 'https://example.org/demo/asgi/shop/';

type Unsent<T> = T extends unknown ? Omit<T, 'v' | 'id'> : never;

/** The channel to the kernel, and the kernel at its other end. */
class FakeReplies implements IReplies {
  readonly name = 'jupyterlite-asgi /demo/ worker 1';
  readonly sent: FromWorker[] = [];
  readonly apps: string[] = [];
  id = '';
  /** Whether this kernel listens at once. */
  grants = true;

  request(app: string, message: FromWorker): void {
    this.apps.push(app);
    this.post(message);
    if (message.type === 'request' && message.body && this.grants) {
      // What a kernel says when it takes a request.
      this.say({ type: 'request-credit', bytes: WINDOW });
    }
  }

  post(message: FromWorker): void {
    this.sent.push(message);
    this._sent();
  }

  listen(id: string, listener: (message: FromKernel) => void): void {
    this.id = id;
    this._listener = listener;
  }

  forget(id: string): void {
    expect(id).toBe(this.id);
    this._listener = null;
  }

  get listening(): boolean {
    return this._listener !== null;
  }

  /** Say something, as the kernel. */
  say(message: Unsent<FromKernel>): void {
    this._listener?.({ v: VERSION, id: this.id, ...message } as FromKernel);
  }

  respond(chunk: string, more: boolean, status = 200): void {
    const headers = joinHeaders([['content-type', 'text/plain']]);
    this.say({ type: 'response', status, headers, chunk: bytes(chunk), more });
  }

  /** Resolves once so many messages were sent. */
  async until(count: number): Promise<void> {
    while (this.sent.length < count) {
      await new Promise<void>(resolve => {
        this._sent = resolve;
      });
    }
  }

  /** The types of what was sent, in order. */
  get types(): string[] {
    return this.sent.map(message => message.type);
  }

  private _listener: ((message: FromKernel) => void) | null = null;
  private _sent: () => void = () => undefined;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function text(chunk: Uint8Array | undefined): string {
  return new TextDecoder().decode(chunk);
}

function open(
  init?: RequestInit,
  url = URL_
): { replies: FakeReplies; exchange: Exchange; response: Promise<Response> } {
  const replies = new FakeReplies();
  const exchange = new Exchange(new Request(url, init), 'shop', replies);
  return { replies, exchange, response: exchange.run() };
}

/** Lets all that is ready run: what is not done after it waits for something. */
function turn(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve);
  });
}

/** A function that tells whether `promise` is settled by now. */
function watch(promise: Promise<unknown>): () => boolean {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  return () => settled;
}

const pending: (() => void)[] = [];

/** End the exchanges that a test leaves open, and with them their timers. */
afterEach(() => {
  pending.splice(0).forEach(end => end());
  jest.useRealTimers();
  jest.restoreAllMocks();
});

function leaveOpen(exchange: Exchange): void {
  pending.push(() => exchange.settle(new Response()));
}

describe('a request', () => {
  it('is sent to its app at once', () => {
    jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
    const { replies, exchange } = open({ headers: { accept: 'a/b' } });
    leaveOpen(exchange);
    expect(replies.apps).toEqual(['shop']);
    expect(replies.sent).toEqual([
      {
        v: VERSION,
        type: 'request',
        id: replies.id,
        reply: replies.name,
        expires: 1_000_000 + TIMEOUT,
        method: 'GET',
        url: URL_,
        headers: joinHeaders([['accept', 'a/b']]),
        body: false
      }
    ]);
  });

  it('has an id of its own', () => {
    const [one, two] = [open(), open()];
    leaveOpen(one.exchange);
    leaveOpen(two.exchange);
    expect(one.replies.id).not.toBe(two.replies.id);
  });

  it('is listened for before it is sent', () => {
    const replies = new FakeReplies();
    jest.spyOn(replies, 'request').mockImplementation(() => {
      expect(replies.listening).toBe(true);
    });
    const exchange = new Exchange(new Request(URL_), 'shop', replies);
    void exchange.run();
    leaveOpen(exchange);
    expect(replies.request).toHaveBeenCalled();
  });

  it('has no fragment', () => {
    const { replies, exchange } = open({}, `${URL_}a?b#c#d`);
    leaveOpen(exchange);
    expect(replies.sent[0]).toMatchObject({ url: `${URL_}a?b` });
  });

  it.each(['GET', 'HEAD', 'DELETE'])('has no body as %s', async method => {
    const { replies, response } = open({ method });
    expect(replies.sent[0]).toMatchObject({ method, body: false });
    replies.respond('', false);
    await response;
    await turn();
    expect(replies.types).toEqual(['request']);
  });
});

describe('a response', () => {
  it('that is whole', async () => {
    const { replies, response } = open();
    replies.say({
      type: 'response',
      status: 404,
      headers: joinHeaders([
        ['content-type', 'text/plain'],
        ['x-name', 'Jos\u00e9'],
        ['link', 'a'],
        ['link', 'b']
      ]),
      chunk: bytes('hello'),
      more: false
    });
    const { status, headers } = await response;
    expect(status).toBe(404);
    expect([...headers]).toEqual([
      ['content-type', 'text/plain'],
      ['link', 'a, b'],
      ['x-name', 'Jos\u00e9']
    ]);
    expect(await (await response).text()).toBe('hello');
    expect(replies.listening).toBe(false);
    expect(replies.types).toEqual(['request']);
  });

  it('is there before its body', async () => {
    const { replies, response } = open();
    replies.respond('', true);
    expect((await response).status).toBe(200);
    const read = (await response).text();
    const done = watch(read);
    await turn();
    expect(done()).toBe(false);
    replies.say({ type: 'response-body', chunk: bytes('late'), more: false });
    expect(await read).toBe('late');
  });

  it('hands on each chunk as it is made', async () => {
    const { replies, response } = open();
    replies.respond('one', true);
    const reader = (await response).body!.getReader();
    expect(text((await reader.read()).value)).toBe('one');

    const two = reader.read();
    const done = watch(two);
    await turn();
    expect(done()).toBe(false);
    replies.say({ type: 'response-body', chunk: bytes('two'), more: true });
    expect(text((await two).value)).toBe('two');

    const end = reader.read();
    replies.say({ type: 'response-body', chunk: bytes(''), more: false });
    expect((await end).done).toBe(true);
  });

  it('keeps chunks that come before they are read, in order', async () => {
    const { replies, response } = open();
    replies.respond('one ', true);
    replies.say({ type: 'response-body', chunk: bytes('two '), more: true });
    replies.say({ type: 'response-body', chunk: bytes('three'), more: false });
    expect(await (await response).text()).toBe('one two three');
  });

  it('gives credit for each CHUNK that is read, not that arrives', async () => {
    const { replies, response } = open();
    replies.respond('', true);
    const chunk = new Uint8Array(CHUNK);
    replies.say({ type: 'response-body', chunk, more: true });
    replies.say({ type: 'response-body', chunk, more: true });
    const reader = (await response).body!.getReader();
    await turn();
    expect(replies.types).toEqual(['request']);

    await reader.read();
    expect(replies.sent.slice(1)).toEqual([
      { v: VERSION, type: 'response-credit', id: replies.id, bytes: CHUNK }
    ]);
    await reader.cancel();
  });

  it('adds small chunks up before it gives credit', async () => {
    const { replies, response } = open();
    replies.respond('', true);
    const reader = (await response).body!.getReader();
    const chunk = new Uint8Array(CHUNK / 2 - 1);
    for (const sent of [1, 1, 2]) {
      replies.say({ type: 'response-body', chunk, more: true });
      await reader.read();
      expect(replies.sent).toHaveLength(sent);
    }
    expect(replies.sent[1]).toMatchObject({ bytes: 3 * (CHUNK / 2 - 1) });
    await reader.cancel();
  });

  it('gives no credit once all is there', async () => {
    const { replies, response } = open();
    replies.respond('', true);
    const chunk = new Uint8Array(CHUNK);
    replies.say({ type: 'response-body', chunk, more: false });
    expect((await (await response).arrayBuffer()).byteLength).toBe(CHUNK);
    expect(replies.types).toEqual(['request']);
  });

  it.each([204, 205, 304])('with status %i has no body', async status => {
    const { replies, response } = open();
    replies.respond('', false, status);
    expect((await response).status).toBe(status);
    expect((await response).body).toBeNull();
    expect(replies.listening).toBe(false);
  });

  it('with a body that its status forbids', async () => {
    const { replies, response } = open();
    replies.respond('ignored', false, 204);
    expect((await response).status).toBe(204);
    expect(await (await response).text()).toBe('');
  });

  it.each([101, 99, 600, 7])('with status %i is refused', async status => {
    const { replies, response } = open();
    replies.respond('hello', true, status);
    expect((await response).status).toBe(502);
    expect(await (await response).text()).toContain('that no browser takes');
    expect(replies.types).toEqual(['request', 'cancel']);
    expect(replies.listening).toBe(false);
  });

  it.each([
    ['a name', 'x y', '1'],
    ['a value', 'x', 'a\u0000b']
  ])('with %s that is none is refused', async (_, name, value) => {
    const { replies, response } = open();
    const headers = joinHeaders([[name, value]]);
    const chunk = bytes('hello');
    replies.say({ type: 'response', status: 200, headers, chunk, more: false });
    expect((await response).status).toBe(502);
  });

  it('is not begun twice', async () => {
    const { replies, response } = open();
    replies.respond('one', true);
    replies.respond('two', false, 500);
    replies.say({ type: 'response-body', chunk: bytes('!'), more: false });
    expect((await response).status).toBe(200);
    expect(await (await response).text()).toBe('one!');
  });
});

describe('the end', () => {
  it('by a reader that leaves', async () => {
    const { replies, response } = open();
    replies.respond('one', true);
    await (await response).body!.cancel();
    expect(replies.sent.slice(1)).toEqual([
      { v: VERSION, type: 'cancel', id: replies.id }
    ]);
    expect(replies.listening).toBe(false);
  });

  it('by an abort in the middle of the body', async () => {
    const { replies, response } = open();
    replies.respond('one', true);
    const reader = (await response).body!.getReader();
    await reader.read();
    const read = reader.read();
    replies.say({ type: 'abort', reason: 'The app raised ValueError.' });
    await expect(read).rejects.toThrow('The app raised ValueError.');
    expect(replies.listening).toBe(false);
    expect(replies.types).toEqual(['request']);
  });

  it('by an abort before the head', async () => {
    const { replies, response } = open();
    replies.say({ type: 'abort', reason: 'The kernel is <gone>.' });
    expect((await response).status).toBe(502);
    expect(await (await response).text()).toContain(
      'The kernel is &#60;gone&#62;.'
    );
    expect(replies.listening).toBe(false);
  });

  it('by an answer of our own', async () => {
    const { replies, exchange, response } = open();
    exchange.settle(new Response('not served', { status: 404 }));
    expect((await response).status).toBe(404);
    expect(replies.types).toEqual(['request', 'cancel']);
    expect(replies.listening).toBe(false);
  });

  it('is not ours once the app has answered', async () => {
    const { replies, exchange, response } = open();
    replies.respond('one', true);
    exchange.settle(new Response('not served', { status: 404 }));
    expect((await response).status).toBe(200);
    expect(replies.listening).toBe(true);
    expect(replies.types).toEqual(['request']);
    await (await response).body!.cancel();
  });

  it('by a second answer of our own is none', async () => {
    const { replies, exchange, response } = open();
    exchange.settle(new Response('first'));
    exchange.settle(new Response('second'));
    expect(await (await response).text()).toBe('first');
    expect(replies.types).toEqual(['request', 'cancel']);
  });
});

describe('the deadline', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
  });

  it('asks the kernel, and answers 503 if that is too busy to say', async () => {
    const { replies, response } = open();
    const done = watch(response);
    jest.advanceTimersByTime(TIMEOUT - 1);
    expect(replies.types).toEqual(['request']);
    jest.advanceTimersByTime(1);
    expect(replies.types).toEqual(['request', 'ping']);
    jest.advanceTimersByTime(PATIENCE - 1);
    await turn();
    expect(done()).toBe(false);

    jest.advanceTimersByTime(1);
    expect((await response).status).toBe(503);
    expect(await (await response).text()).toContain('The kernel is busy');
    expect(replies.types).toEqual(['request', 'ping', 'cancel']);
    expect(replies.listening).toBe(false);
  });

  it('answers 503 if the kernel did not take the request', async () => {
    const { replies, response } = open();
    jest.advanceTimersByTime(TIMEOUT);
    replies.say({ type: 'pong', running: false });
    expect((await response).status).toBe(503);
  });

  it('is the kernel\u2019s own if it works on the request', async () => {
    const { replies, response } = open();
    jest.advanceTimersByTime(TIMEOUT);
    replies.say({ type: 'pong', running: true });
    expect(jest.getTimerCount()).toBe(0);
    replies.respond('at last', false);
    expect(await (await response).text()).toBe('at last');
  });

  it('is that of the first byte alone', async () => {
    const { replies, response } = open();
    replies.respond('one', true);
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(10 * TIMEOUT);
    replies.say({ type: 'response-body', chunk: bytes('!'), more: false });
    expect(await (await response).text()).toBe('one!');
  });

  it('can be another', async () => {
    jest.setSystemTime(5000);
    const replies = new FakeReplies();
    const exchange = new Exchange(new Request(URL_), 'shop', replies);
    const response = exchange.run(2000);
    expect(replies.sent[0]).toMatchObject({ expires: 7000 });
    jest.advanceTimersByTime(2000 + PATIENCE);
    expect((await response).status).toBe(503);
  });

  it('leaves no timer behind', async () => {
    const { exchange } = open();
    exchange.settle(new Response());
    await turn();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('an upload', () => {
  function uploaded(replies: FakeReplies): Uint8Array[] {
    return replies.sent.flatMap(message =>
      message.type === 'request-body' ? [message.chunk] : []
    );
  }

  it('is sent and ended', async () => {
    const { replies, exchange } = open({ method: 'POST', body: 'hello' });
    leaveOpen(exchange);
    expect(replies.sent[0]).toMatchObject({ method: 'POST', body: true });
    await replies.until(3);
    expect(replies.sent.slice(1)).toEqual([
      {
        v: VERSION,
        type: 'request-body',
        id: replies.id,
        chunk: bytes('hello'),
        more: true
      },
      {
        v: VERSION,
        type: 'request-body',
        id: replies.id,
        chunk: bytes(''),
        more: false
      }
    ]);
  });

  it('is sent part by part as it comes', async () => {
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: given => {
        controller = given;
      }
    });
    const init = { method: 'POST', body, duplex: 'half' };
    const { replies, exchange } = open(init);
    leaveOpen(exchange);
    controller.enqueue(bytes('one'));
    await replies.until(2);
    controller.enqueue(bytes('two'));
    await replies.until(3);
    await turn();
    expect(uploaded(replies).map(text)).toEqual(['one', 'two']);
    controller.close();
    await replies.until(4);
    expect(replies.sent[3]).toMatchObject({ more: false });
  });

  it('does not even end before the kernel listens', async () => {
    const replies = new FakeReplies();
    replies.grants = false;
    const request = new Request(URL_, { method: 'POST', body: '' });
    const exchange = new Exchange(request, 'shop', replies);
    leaveOpen(exchange);
    void exchange.run();
    await turn();
    expect(replies.types).toEqual(['request']);
    replies.say({ type: 'request-credit', bytes: WINDOW });
    await turn();
    expect(replies.types).toEqual(['request', 'request-body']);
    expect(replies.sent.at(-1)).toMatchObject({ more: false });
  });

  it('is cut in chunks and waits for credit', async () => {
    const body = Uint8Array.from({ length: WINDOW + CHUNK + 5 }, (_, i) => i);
    const { replies, exchange } = open({ method: 'POST', body });
    leaveOpen(exchange);
    await replies.until(1 + WINDOW / CHUNK);
    await turn();
    expect(uploaded(replies).map(chunk => chunk.length)).toEqual(
      Array.from({ length: WINDOW / CHUNK }, () => CHUNK)
    );

    replies.say({ type: 'request-credit', bytes: CHUNK });
    await turn();
    expect(uploaded(replies)).toHaveLength(WINDOW / CHUNK + 1);

    replies.say({ type: 'request-credit', bytes: CHUNK });
    await turn();
    expect(replies.sent.at(-1)).toMatchObject({ more: false });
    expect(Buffer.concat(uploaded(replies)).equals(body)).toBe(true);
  });

  it('is not over because the answer has begun', async () => {
    const body = new Uint8Array(WINDOW + 1);
    const { replies, response } = open({ method: 'POST', body });
    await replies.until(1 + WINDOW / CHUNK);
    replies.respond('begun', true);
    replies.say({ type: 'request-credit', bytes: 1 });
    await turn();
    expect(replies.sent.at(-1)).toMatchObject({ more: false });
    await (await response).body!.cancel();
  });

  it('is over when the app has answered', async () => {
    const body = new Uint8Array(2 * WINDOW);
    const { replies, response } = open({ method: 'POST', body });
    await replies.until(1 + WINDOW / CHUNK);
    replies.respond('too large', false, 413);
    expect((await response).status).toBe(413);
    await turn();
    expect(replies.sent).toHaveLength(1 + WINDOW / CHUNK);
  });

  it('sends no part that comes after the answer', async () => {
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: given => {
        controller = given;
      }
    });
    const init = { method: 'POST', body, duplex: 'half' };
    const { replies, response } = open(init);
    controller.enqueue(bytes('one'));
    await replies.until(2);
    replies.respond('enough', false);
    await response;
    controller.enqueue(bytes('two'));
    await turn();
    expect(uploaded(replies).map(text)).toEqual(['one']);
  });

  it('is over when the reader has left', async () => {
    const body = new Uint8Array(2 * WINDOW);
    const { replies, response } = open({ method: 'POST', body });
    await replies.until(1 + WINDOW / CHUNK);
    replies.respond('begun', true);
    await (await response).body!.cancel();
    await turn();
    expect(replies.types.slice(1 + WINDOW / CHUNK)).toEqual(['cancel']);
  });

  it('that breaks off ends the exchange', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: controller => controller.error(new TypeError('network error'))
    });
    const init = { method: 'POST', body, duplex: 'half' };
    const { replies, exchange, response } = open(init);
    leaveOpen(exchange);
    const done = watch(response);
    await replies.until(2);
    await turn();
    expect(replies.types).toEqual(['request', 'cancel']);
    expect(replies.listening).toBe(false);
    expect(done()).toBe(true);
  });

  it('is sent where requests have no stream, as in Firefox', async () => {
    const request = new Request(URL_, { method: 'POST', body: 'hello' });
    Object.defineProperty(request, 'body', { value: undefined });
    const replies = new FakeReplies();
    const exchange = new Exchange(request, 'shop', replies);
    void exchange.run();
    leaveOpen(exchange);
    await replies.until(3);
    expect(replies.sent[0]).toMatchObject({ body: true });
    expect(uploaded(replies).map(text)).toEqual(['hello', '']);
  });

  it.each(['GET', 'HEAD'])('is none for %s in Firefox', method => {
    const request = new Request(URL_, { method });
    Object.defineProperty(request, 'body', { value: undefined });
    const replies = new FakeReplies();
    const exchange = new Exchange(request, 'shop', replies);
    void exchange.run();
    leaveOpen(exchange);
    expect(replies.sent[0]).toMatchObject({ body: false });
  });
});

describe('the samples of the protocol', () => {
  const samples = JSON.parse(
    readFileSync(join(__dirname, '../../../tests/messages.json'), 'utf-8'),
    (name, value: unknown) =>
      name === 'headers' || name === 'chunk'
        ? Uint8Array.from(Buffer.from(value as string, 'latin1'))
        : value
  ) as { fromWorker: FromWorker[] };

  function sample<T extends FromWorker['type']>(type: T) {
    return samples.fromWorker.find(message => message.type === type) as Extract<
      FromWorker,
      { type: T }
    >;
  }

  it('are what an exchange sends', async () => {
    const request = sample('request');
    const requestBody = sample('request-body');
    const responseCredit = sample('response-credit');
    jest
      .spyOn(crypto, 'randomUUID')
      .mockReturnValue(request.id as ReturnType<Crypto['randomUUID']>);
    jest.spyOn(Date, 'now').mockReturnValue(request.expires - TIMEOUT);
    const { replies, response } = open(
      {
        method: request.method,
        headers: [
          ['content-type', 'text/plain'],
          ['x-empty', ''],
          ['x-name', 'Jos\u00e9']
        ],
        body: Buffer.from(requestBody.chunk)
      },
      request.url
    );
    await replies.until(3);
    replies.respond('', true);
    const chunk = new Uint8Array(responseCredit.bytes);
    replies.say({ type: 'response-body', chunk, more: true });
    const reader = (await response).body!.getReader();
    await reader.read();
    await reader.cancel();
    expect([...replies.sent.slice(0, 2), ...replies.sent.slice(3)]).toEqual([
      request,
      requestBody,
      responseCredit,
      sample('cancel')
    ]);
  });
});
