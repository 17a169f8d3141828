import { CHUNK, joinHeaders, VERSION } from '../../protocol';
import { bytes, endOpened, open, text, turn, watch } from './fakes';

afterEach(endOpened);

describe('a response', () => {
  it('may be a single message', async () => {
    const { replies, response } = open();
    replies.say({
      type: 'response',
      status: 404,
      reason: 'No Shop',
      headers: joinHeaders([
        ['content-type', 'text/plain'],
        ['x-name', 'Jos\u00e9'],
        ['link', 'a'],
        ['link', 'b']
      ]),
      chunk: bytes('hello'),
      more: false
    });
    const { status, statusText, headers } = await response;
    expect([status, statusText]).toEqual([404, 'No Shop']);
    expect([...headers]).toEqual([
      ['content-type', 'text/plain'],
      ['link', 'a, b'],
      ['x-name', 'Jos\u00e9']
    ]);
    expect(await (await response).text()).toBe('hello');
    expect(replies.listening).toBe(false);
    expect(replies.types).toEqual(['request']);
  });

  it('resolves before its body arrives', async () => {
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

  it('passes on each chunk as it arrives', async () => {
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

  it('queues chunks that are not read yet, in order', async () => {
    const { replies, response } = open();
    replies.respond('one ', true);
    replies.say({ type: 'response-body', chunk: bytes('two '), more: true });
    replies.say({ type: 'response-body', chunk: bytes('three'), more: false });
    expect(await (await response).text()).toBe('one two three');
  });

  it('grants credit for each CHUNK when it is read, not when it arrives', async () => {
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

  it('adds up small chunks before it grants credit', async () => {
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

  it('grants no credit once the body is complete', async () => {
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

  it('drops a body that its status forbids', async () => {
    const { replies, response } = open();
    replies.respond('ignored', false, 204);
    expect((await response).status).toBe(204);
    expect(await (await response).text()).toBe('');
  });

  it.each([101, 99, 600, 7])('with status %i is rejected', async status => {
    const { replies, response } = open();
    replies.respond('hello', true, status);
    expect((await response).status).toBe(502);
    expect(await (await response).text()).toContain('an invalid response');
    expect(replies.types).toEqual(['request', 'cancel']);
    expect(replies.listening).toBe(false);
  });

  it.each([
    ['an invalid name', 'x y', '1'],
    ['an invalid value', 'x', 'a\u0000b']
  ])('with %s in its headers is rejected', async (_, name, value) => {
    const { replies, response } = open();
    const headers = joinHeaders([[name, value]]);
    const chunk = bytes('hello');
    replies.say({ type: 'response', status: 200, headers, chunk, more: false });
    expect((await response).status).toBe(502);
  });

  it('cannot start twice', async () => {
    const { replies, response } = open();
    replies.respond('one', true);
    replies.respond('two', false, 500);
    replies.say({ type: 'response-body', chunk: bytes('!'), more: false });
    expect((await response).status).toBe(200);
    expect(await (await response).text()).toBe('one!');
  });
});

describe('an exchange ends', () => {
  it('when the reader leaves', async () => {
    const { replies, response } = open();
    replies.respond('one', true);
    await (await response).body!.cancel();
    expect(replies.sent.slice(1)).toEqual([
      { v: VERSION, type: 'cancel', id: replies.id }
    ]);
    expect(replies.listening).toBe(false);
  });

  it('with an abort in the middle of the body', async () => {
    const { replies, response } = open();
    replies.respond('one', true);
    const reader = (await response).body!.getReader();
    await reader.read();
    const read = reader.read();
    const reason = 'The app raised ValueError.';
    replies.say({ type: 'abort', reason, status: 502 });
    await expect(read).rejects.toThrow('The app raised ValueError.');
    expect(replies.listening).toBe(false);
    expect(replies.types).toEqual(['request']);
  });

  it.each(['abort', 'drain', 'abandon'])(
    'cleanly with %s in the middle of an event stream',
    async how => {
      const { replies, exchange, response } = open();
      replies.respond('data: 1\n\n', true, 200, 'text/event-stream; charset=x');
      const body = (await response).text();
      if (how === 'abort') {
        replies.say({ type: 'abort', reason: 'It broke.', status: 502 });
      } else {
        exchange[how as 'drain' | 'abandon']();
      }
      expect(await body).toBe('data: 1\n\n');
      exchange.abandon();
      expect(replies.listening).toBe(false);
    }
  );

  it('with an abort before the head', async () => {
    const { replies, response } = open();
    replies.say({
      type: 'abort',
      reason: 'The kernel is <gone>.',
      status: 503
    });
    expect((await response).status).toBe(503);
    expect(await (await response).text()).toContain(
      'The kernel is &#60;gone&#62;.'
    );
    expect(replies.listening).toBe(false);
  });

  it('with a response of our own', async () => {
    const { replies, exchange, response } = open();
    exchange.settle(new Response('not served', { status: 404 }));
    expect((await response).status).toBe(404);
    expect(replies.types).toEqual(['request', 'cancel']);
    expect(replies.listening).toBe(false);
  });

  it('with a response of our own without a body, for a HEAD', async () => {
    const { replies, response } = open({ method: 'HEAD' });
    replies.say({ type: 'abort', reason: 'The kernel is gone.', status: 502 });
    const { status, headers, body } = await response;
    expect([status, body]).toEqual([502, null]);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it('without a response of our own once the app has responded', async () => {
    const { replies, exchange, response } = open();
    replies.respond('one', true);
    exchange.settle(new Response('not served', { status: 404 }));
    expect((await response).status).toBe(200);
    expect(replies.listening).toBe(true);
    expect(replies.types).toEqual(['request']);
    await (await response).body!.cancel();
  });

  it('with only one response of our own', async () => {
    const { replies, exchange, response } = open();
    exchange.settle(new Response('first'));
    exchange.settle(new Response('second'));
    expect(await (await response).text()).toBe('first');
    expect(replies.types).toEqual(['request', 'cancel']);
  });
});

describe('a drain', () => {
  it('ends an open stream with an error', async () => {
    const { replies, exchange, response } = open();
    replies.respond('one', true);
    const reader = (await response).body!.getReader();
    await reader.read();
    const read = reader.read();
    exchange.drain();
    await expect(read).rejects.toThrow(
      'The site was updated: reload this page.'
    );
    expect(replies.listening).toBe(false);
  });

  it('cancels an open stream at the kernel, once', async () => {
    const { replies, exchange, response } = open();
    replies.respond('one', true);
    const reader = (await response).body!.getReader();
    exchange.drain();
    await exchange.ended;
    await expect(reader.cancel()).rejects.toThrow('The site was updated');
    expect(replies.sent.slice(1)).toEqual([
      { v: VERSION, type: 'cancel', id: replies.id }
    ]);
  });

  it('ignores a complete response', async () => {
    const { replies, exchange, response } = open();
    replies.respond('hello', false);
    exchange.drain();
    expect(replies.types).toEqual(['request']);
    expect(await (await response).text()).toBe('hello');
  });

  it('ignores a response whose reader has left', async () => {
    const { replies, exchange, response } = open();
    replies.respond('one', true);
    await (await response).body!.cancel();
    exchange.drain();
    expect(replies.types).toEqual(['request', 'cancel']);
  });

  it('ignores a response of our own', async () => {
    const { replies, exchange, response } = open();
    exchange.settle(new Response('not served', { status: 404 }));
    exchange.drain();
    expect(replies.types).toEqual(['request', 'cancel']);
    expect((await response).status).toBe(404);
  });

  it('ignores a request without a response', async () => {
    const { replies, exchange, response } = open();
    exchange.drain();
    expect(replies.types).toEqual(['request']);
    replies.respond('hello', false);
    expect(await (await response).text()).toBe('hello');
  });
});
