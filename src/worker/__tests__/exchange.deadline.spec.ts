import { VERSION } from '../../protocol';
import type { Exchange } from '../request/exchange';
import { PATIENCE } from '../request/deadline';
import { TIMEOUT } from '../request/exchange';
import { bytes, endOpened, open, turn, watch } from './fakes';

const IN_OURS = { protocol: VERSION, timeout: 2000 };

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
});

afterEach(() => {
  endOpened();
  jest.useRealTimers();
});

describe('the deadline', () => {
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

  it('leaves no timer behind', async () => {
    const { exchange } = open();
    exchange.settle(new Response());
    await turn();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('while the length of a body is not yet known', () => {
  function upload() {
    return open({ method: 'POST', body: 'hello' });
  }

  it('the deadline does not run', async () => {
    const { replies } = upload();
    expect(replies.types).toEqual([]);
    jest.advanceTimersByTime(1000);
    await replies.until(1);
    jest.advanceTimersByTime(TIMEOUT - 1);
    expect(replies.types).not.toContain('ping');
    jest.advanceTimersByTime(1);
    expect(replies.types).toContain('ping');
  });

  it('the timeout of the kernel is kept until it is', async () => {
    const { replies, exchange } = upload();
    exchange.agree(IN_OURS);
    await replies.until(1);
    await turn();
    jest.advanceTimersByTime(IN_OURS.timeout);
    expect(replies.types.at(-1)).toBe('ping');
  });

  it.each([
    [
      'that nobody serves the app',
      (exchange: Exchange) => exchange.settle(new Response(null))
    ],
    [
      'that its kernel is too old',
      (exchange: Exchange) =>
        exchange.agree({ protocol: VERSION - 1, timeout: 2000 })
    ],
    ['that its kernel has ended', (exchange: Exchange) => exchange.abandon()]
  ])('who learns %s sends nothing', async (_, learn) => {
    const { replies, exchange, response } = upload();
    learn(exchange);
    await response;
    await turn();
    expect(replies.types).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the terms of a kernel', () => {
  it('put its timeout in the place of ours', async () => {
    const { replies, exchange, response } = open();
    exchange.agree(IN_OURS);
    jest.advanceTimersByTime(1999);
    expect(replies.types).toEqual(['request']);
    jest.advanceTimersByTime(1);
    expect(replies.types).toEqual(['request', 'ping']);
    jest.advanceTimersByTime(PATIENCE);
    expect((await response).status).toBe(503);
  });

  it('count from the moment the request was made', () => {
    const { replies, exchange } = open();
    jest.advanceTimersByTime(1500);
    exchange.agree(IN_OURS);
    jest.advanceTimersByTime(499);
    expect(replies.types).toEqual(['request']);
    jest.advanceTimersByTime(1);
    expect(replies.types).toEqual(['request', 'ping']);
  });

  it('that come after their own timeout let the kernel be asked at once', () => {
    const { replies, exchange } = open();
    jest.advanceTimersByTime(3000);
    exchange.agree(IN_OURS);
    jest.advanceTimersByTime(0);
    expect(replies.types).toEqual(['request', 'ping']);
  });

  it.each([
    ['ours', 2 * TIMEOUT],
    ['a timer can count', 2 ** 40]
  ])('may give more time than %s', (_, timeout) => {
    const { replies, exchange } = open();
    exchange.agree({ protocol: VERSION, timeout });
    jest.advanceTimersByTime(TIMEOUT + PATIENCE);
    expect(replies.types).toEqual(['request']);
    expect(jest.getTimerCount()).toBe(1);
  });

  it.each([VERSION - 1, VERSION + 1, NaN])(
    'of version %i are a 503 that says what to do',
    async protocol => {
      const { replies, exchange, response } = open();
      exchange.agree({ protocol, timeout: 2000 });
      expect((await response).status).toBe(503);
      expect(await (await response).text()).toContain(
        'The site was updated after the notebook of shop was opened: save the ' +
          'notebook, load its page again and run it.'
      );
      expect(replies.types).toEqual(['request', 'cancel']);
      expect(replies.listening).toBe(false);
      expect(jest.getTimerCount()).toBe(0);
    }
  );

  it.each([VERSION - 1, VERSION])(
    'of version %i mean nothing once the app has answered',
    async protocol => {
      const { replies, exchange, response } = open();
      replies.respond('one', true);
      exchange.agree({ protocol, timeout: 2000 });
      expect(jest.getTimerCount()).toBe(0);
      expect(replies.types).toEqual(['request']);
      expect((await response).status).toBe(200);
    }
  );
});
