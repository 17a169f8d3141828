import { CHUNK, joinHeaders, VERSION, WINDOW } from '../../protocol';
import { headersOf } from '../request/requestHeaders';
import {
  APP_URL,
  BROWSER,
  bytes,
  endOpened,
  FakeReplies,
  open,
  run,
  text,
  turn
} from './fakes';

afterEach(endOpened);

describe('an upload', () => {
  function uploaded(replies: FakeReplies): Uint8Array[] {
    return replies.sent.flatMap(message =>
      message.type === 'request-body' ? [message.chunk] : []
    );
  }

  it('is sent and ended', async () => {
    const { replies, request } = open({ method: 'POST', body: 'hello' });
    await replies.until(3);
    expect(replies.sent[0]).toMatchObject({
      method: 'POST',
      headers: joinHeaders(headersOf(request, 5, BROWSER)),
      body: true
    });
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

  it('is sent in parts as they arrive', async () => {
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: given => {
        controller = given;
      }
    });
    const init = { method: 'POST', body, duplex: 'half' };
    const { replies, request } = open(init);
    controller.enqueue(bytes('one'));
    await replies.until(2);
    expect(replies.sent[0]).toMatchObject({
      headers: joinHeaders(headersOf(request, null, BROWSER))
    });
    controller.enqueue(bytes('two'));
    await replies.until(3);
    await turn();
    expect(uploaded(replies).map(text)).toEqual(['one', 'two']);
    controller.close();
    await replies.until(4);
    expect(replies.sent[3]).toMatchObject({ more: false });
  });

  it('does not end before the kernel listens, even if empty', async () => {
    const replies = new FakeReplies();
    replies.grants = false;
    run(new Request(APP_URL, { method: 'POST', body: '' }), replies);
    await replies.until(1);
    await turn();
    expect(replies.types).toEqual(['request']);
    replies.say({ type: 'request-credit', bytes: WINDOW });
    await turn();
    expect(replies.types).toEqual(['request', 'request-body']);
    expect(replies.sent.at(-1)).toMatchObject({ more: false });
  });

  it('is not sent if the response comes before the kernel listens', async () => {
    const replies = new FakeReplies();
    replies.grants = false;
    const init = { method: 'POST', body: '' };
    const { exchange } = run(new Request(APP_URL, init), replies);
    await replies.until(1);
    exchange.settle(new Response());
    await turn();
    expect(replies.types).toEqual(['request', 'cancel']);
  });

  it('is split into chunks and waits for credit', async () => {
    const body = new Uint8Array(WINDOW + CHUNK + 5).map((_, i) => i);
    const { replies } = open({ method: 'POST', body });
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

  it('continues after the response has begun', async () => {
    const body = new Uint8Array(WINDOW + 1);
    const { replies, response } = open({ method: 'POST', body });
    await replies.until(1 + WINDOW / CHUNK);
    replies.respond('begun', true);
    replies.say({ type: 'request-credit', bytes: 1 });
    await turn();
    expect(replies.sent.at(-1)).toMatchObject({ more: false });
    await (await response).body!.cancel();
  });

  it('stops when the response is complete', async () => {
    const body = new Uint8Array(2 * WINDOW);
    const { replies, response } = open({ method: 'POST', body });
    await replies.until(1 + WINDOW / CHUNK);
    replies.respond('too large', false, 413);
    expect((await response).status).toBe(413);
    await turn();
    expect(replies.sent).toHaveLength(1 + WINDOW / CHUNK);
  });

  it('stops when the reader has left', async () => {
    const body = new Uint8Array(2 * WINDOW);
    const { replies, response } = open({ method: 'POST', body });
    await replies.until(1 + WINDOW / CHUNK);
    replies.respond('begun', true);
    await (await response).body!.cancel();
    await turn();
    expect(replies.types.slice(1 + WINDOW / CHUNK)).toEqual(['cancel']);
  });

  it('that fails ends the exchange', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: controller => controller.error(new TypeError('network error'))
    });
    const init = { method: 'POST', body, duplex: 'half' };
    const { replies, response } = open(init);
    expect((await response).type).toBe('error');
    expect(replies.types).toEqual([]);
    expect(replies.listening).toBe(false);
  });

  it('that fails later cancels the exchange at the kernel', async () => {
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
    controller.error(new TypeError('network error'));
    expect((await response).type).toBe('error');
    expect(replies.types).toEqual(['request', 'request-body', 'cancel']);
    expect(replies.listening).toBe(false);
  });

  it.each([VERSION - 1, VERSION])(
    'that failed sends nothing when terms of version %i arrive',
    async protocol => {
      const body = new ReadableStream<Uint8Array>({
        pull: controller => controller.error(new TypeError('network error'))
      });
      const init = { method: 'POST', body, duplex: 'half' };
      const { replies, exchange, response } = open(init);
      expect((await response).type).toBe('error');
      exchange.agree({ protocol, timeout: 0 });
      await new Promise(resolve => setTimeout(resolve));
      expect(replies.types).toEqual([]);
    }
  );

  it('is sent if requests lack a stream, as in Firefox', async () => {
    const request = new Request(APP_URL, { method: 'POST', body: 'hello' });
    Object.defineProperty(request, 'body', { value: undefined });
    const { replies } = run(request);
    await replies.until(3);
    expect(replies.sent[0]).toMatchObject({ body: true });
    expect(uploaded(replies).map(text)).toEqual(['hello', '']);
  });

  it('cancels the page’s stream once the response is complete', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: controller => controller.enqueue(bytes('one')),
      cancel: () => {
        cancelled = true;
      }
    });
    const init = { method: 'POST', body, duplex: 'half' };
    const { replies, response } = open(init);
    await replies.until(2);
    replies.respond('enough', false);
    await response;
    await turn();
    expect(cancelled).toBe(true);
    expect(uploaded(replies).map(text)).toEqual(['one']);
  });

  it.each(['GET', 'HEAD'])('does not exist for %s in Firefox', method => {
    const request = new Request(APP_URL, { method });
    Object.defineProperty(request, 'body', { value: undefined });
    const { replies } = run(request);
    expect(replies.sent[0]).toMatchObject({ body: false });
  });
});
