import { VERSION } from '../../protocol';
import { busyKernels } from '../kernel/busyKernels';
import type { Exchange } from '../request/exchange';
import { PONG_TIMEOUT } from '../request/deadline';
import { TIMEOUT } from '../request/exchange';
import { report } from './busy';
import { bytes, endOpened, open, turn, watch } from './fakes';

const TERMS = { protocol: VERSION, timeout: 2000 };

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
});

afterEach(() => {
  endOpened();
  jest.useRealTimers();
});

describe('the deadline', () => {
  it('pings the kernel, and responds 503 if it is too busy to reply', async () => {
    const { replies, response } = open();
    const done = watch(response);
    jest.advanceTimersByTime(TIMEOUT - 1);
    expect(replies.types).toEqual(['request']);
    jest.advanceTimersByTime(1);
    expect(replies.types).toEqual(['request', 'ping']);
    jest.advanceTimersByTime(PONG_TIMEOUT - 1);
    await turn();
    expect(done()).toBe(false);

    jest.advanceTimersByTime(1);
    expect((await response).status).toBe(503);
    const text = await (await response).text();
    expect(text).toContain('<h1>The kernel is busy</h1>');
    expect(text).not.toContain('Interrupt it');
    expect(replies.types).toEqual(['request', 'ping', 'cancel']);
    expect(replies.listening).toBe(false);
  });

  it('responds 503 if the kernel is not handling the request', async () => {
    const { replies, response } = open();
    jest.advanceTimersByTime(TIMEOUT);
    replies.say({ type: 'pong', running: false });
    expect((await response).status).toBe(503);
    expect(await (await response).text()).toContain(
      'was busy until this request expired, and did not run it: try again.'
    );
  });

  it('says what to do if the kernel can be interrupted', async () => {
    const { response } = open();
    jest.advanceTimersByTime(TIMEOUT);
    busyKernels.note(report());
    jest.advanceTimersByTime(PONG_TIMEOUT);
    expect(await (await response).text()).toContain(
      'seconds. Interrupt it in JupyterLab, then try again.'
    );
  });

  it('pings again until the kernel responds', async () => {
    const { replies, response } = open();
    jest.advanceTimersByTime(TIMEOUT);
    replies.say({ type: 'pong', running: true });
    jest.advanceTimersByTime(PONG_TIMEOUT);
    expect(replies.types).toEqual(['request', 'ping', 'ping']);
    replies.respond('at last', false);
    expect(await (await response).text()).toBe('at last');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends with 503 when the kernel stops replying', async () => {
    const { replies, response } = open();
    jest.advanceTimersByTime(TIMEOUT);
    replies.say({ type: 'pong', running: true });
    jest.advanceTimersByTime(2 * PONG_TIMEOUT);
    expect((await response).status).toBe(503);
    expect((await response).headers.get('retry-after')).toBe('3');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends with the first byte', async () => {
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

describe('while the length of a body is unknown', () => {
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

  it('the timeout of the kernel is remembered', async () => {
    const { replies, exchange } = upload();
    exchange.agree(TERMS);
    await replies.until(1);
    await turn();
    jest.advanceTimersByTime(TERMS.timeout);
    expect(replies.types.at(-1)).toBe('ping');
  });

  it.each([
    [
      'is settled because the app is not served',
      (exchange: Exchange) => exchange.settle(new Response(null))
    ],
    [
      'gets terms of an older kernel',
      (exchange: Exchange) =>
        exchange.agree({ protocol: VERSION - 1, timeout: 2000 })
    ],
    ['is abandoned by its kernel', (exchange: Exchange) => exchange.abandon()]
  ])('an exchange that %s sends nothing', async (_, end) => {
    const { replies, exchange, response } = upload();
    end(exchange);
    await response;
    await turn();
    expect(replies.types).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the terms of a kernel', () => {
  it('replace our timeout', async () => {
    const { replies, exchange, response } = open();
    exchange.agree(TERMS);
    jest.advanceTimersByTime(1999);
    expect(replies.types).toEqual(['request']);
    jest.advanceTimersByTime(1);
    expect(replies.types).toEqual(['request', 'ping']);
    jest.advanceTimersByTime(PONG_TIMEOUT);
    expect((await response).status).toBe(503);
  });

  it('apply from when the request was sent', () => {
    const { replies, exchange } = open();
    jest.advanceTimersByTime(1500);
    exchange.agree(TERMS);
    jest.advanceTimersByTime(499);
    expect(replies.types).toEqual(['request']);
    jest.advanceTimersByTime(1);
    expect(replies.types).toEqual(['request', 'ping']);
  });

  it('that arrive after their timeout cause a ping at once', () => {
    const { replies, exchange } = open();
    jest.advanceTimersByTime(3000);
    exchange.agree(TERMS);
    jest.advanceTimersByTime(0);
    expect(replies.types).toEqual(['request', 'ping']);
  });

  it.each([
    ['the default', 2 * TIMEOUT],
    ['timers support', 2 ** 40]
  ])('may allow more time than %s', (_, timeout) => {
    const { replies, exchange } = open();
    exchange.agree({ protocol: VERSION, timeout });
    jest.advanceTimersByTime(TIMEOUT + PONG_TIMEOUT);
    expect(replies.types).toEqual(['request']);
    expect(jest.getTimerCount()).toBe(1);
  });

  it.each([VERSION - 1, VERSION + 1, NaN])(
    'of version %i cause a 503 that says what to do',
    async protocol => {
      const { replies, exchange, response } = open();
      exchange.agree({ protocol, timeout: 2000 });
      expect((await response).status).toBe(503);
      expect(await (await response).text()).toContain(
        'The site was updated after the notebook of shop was opened: save the ' +
          'notebook, reload its page and run it again.'
      );
      expect(replies.types).toEqual(['request', 'cancel']);
      expect(replies.listening).toBe(false);
      expect(jest.getTimerCount()).toBe(0);
    }
  );

  it.each([VERSION - 1, VERSION])(
    'of version %i have no effect once the app has responded',
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
