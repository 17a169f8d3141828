import { RequestBody, LIMIT, LIVE, WHOLE } from '../request/requestBody';
import { APP_URL, bytes, text, turn, watch } from './fakes';

/** A body that a page is still producing. */
function live(mode: RequestMode = 'cors') {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const cancel = jest.fn();
  const stream = new ReadableStream<Uint8Array>({
    start: given => {
      controller = given;
    },
    cancel
  });
  const init = { method: 'POST', body: stream, duplex: 'half' };
  const request = new Request(APP_URL, init);
  Object.defineProperty(request, 'mode', { value: mode });
  const body = RequestBody.of(request)!;
  return { body, controller, cancel };
}

/** A request without `body`, as in Firefox. */
function withoutStream(init: RequestInit): Request {
  const request = new Request(APP_URL, init);
  Object.defineProperty(request, 'body', { value: undefined });
  return request;
}

async function rest(body: RequestBody): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of body.parts()) {
    parts.push(text(part));
  }
  return parts;
}

describe('the length of a body', () => {
  it.each([
    ['hello', 5],
    ['', 0],
    ['\u00e4', 2],
    [new Uint8Array(3_000_000), 3_000_000]
  ])('is measured', async (given, length) => {
    const init = { method: 'POST', body: given };
    const body = RequestBody.of(new Request(APP_URL, init))!;
    expect(await body.measure()).toBe(length);
  });

  it('is measured without a stream, as in Firefox', async () => {
    const body = RequestBody.of(
      withoutStream({ method: 'POST', body: 'hello' })
    )!;
    expect(await body.measure()).toBe(5);
    expect(await rest(body)).toEqual(['hello']);
  });

  it('adds up all parts, which are kept', async () => {
    const { body, controller } = live();
    const length = body.measure();
    controller.enqueue(bytes('one'));
    await turn();
    controller.enqueue(bytes('two'));
    controller.close();
    expect(await length).toBe(6);
    expect(await rest(body)).toEqual(['one', 'two']);
  });

  it('is unknown beyond the limit', async () => {
    const { body, controller } = live();
    controller.enqueue(new Uint8Array(LIMIT));
    controller.enqueue(new Uint8Array(1));
    expect(await body.measure()).toBeNull();
    controller.close();
    let sum = 0;
    for await (const part of body.parts()) {
      sum += part.length;
    }
    expect(sum).toBe(LIMIT + 1);
  });

  it('is known up to the limit', async () => {
    const { body, controller } = live();
    controller.enqueue(new Uint8Array(LIMIT));
    controller.close();
    expect(await body.measure()).toBe(LIMIT);
  });

  it('rejects if the body fails', async () => {
    const { body, controller } = live();
    controller.error(new TypeError('network error'));
    await expect(body.measure()).rejects.toThrow('network error');
  });
});

describe('a body that a page is still producing', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
  });

  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('has no length after a silence', async () => {
    const { body, controller } = live();
    controller.enqueue(bytes('one'));
    const length = body.measure();
    const done = watch(length);
    await turn();
    jest.advanceTimersByTime(LIVE.silence - 1);
    await turn();
    expect(done()).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await length).toBeNull();

    controller.enqueue(bytes('two'));
    controller.close();
    expect(await rest(body)).toEqual(['one', 'two']);
  });

  it('has no length after the total time, even without a silence', async () => {
    const { body, controller } = live();
    const length = body.measure();
    const done = watch(length);
    for (let passed = 0; passed < LIVE.total; passed += LIVE.silence / 2) {
      await turn();
      expect(done()).toBe(false);
      controller.enqueue(bytes('.'));
      await turn();
      jest.advanceTimersByTime(LIVE.silence / 2);
    }
    expect(await length).toBeNull();
    controller.close();
    expect((await rest(body)).join('')).toHaveLength(
      (2 * LIVE.total) / LIVE.silence
    );
  });

  it.each(['navigate', 'no-cors'] as const)(
    'cannot be that of %s, so we wait for its end',
    async mode => {
      const { body, controller } = live(mode);
      const length = body.measure();
      await turn();
      jest.advanceTimersByTime(WHOLE.total - 1);
      controller.enqueue(bytes('one'));
      controller.close();
      expect(await length).toBe(3);
    }
  );

  it('has no length after a silence in a same-origin request', async () => {
    const { body } = live('same-origin');
    const length = body.measure();
    await turn();
    jest.advanceTimersByTime(LIVE.silence);
    expect(await length).toBeNull();
  });

  it('is cancelled in the page when it is closed', async () => {
    const { body, controller, cancel } = live();
    controller.enqueue(bytes('one'));
    const length = body.measure();
    await turn();
    body.close();
    await length;
    expect(cancel).toHaveBeenCalled();
    expect(await rest(body)).toEqual([]);
  });
});

describe('RequestBody.of', () => {
  it.each(['GET', 'HEAD', 'POST', 'DELETE'])(
    'is null for a %s without a body',
    method => {
      expect(RequestBody.of(new Request(APP_URL, { method }))).toBeNull();
    }
  );

  it.each(['GET', 'HEAD'])('is null for a %s in Firefox', method => {
    expect(RequestBody.of(withoutStream({ method }))).toBeNull();
  });

  it('is empty for a POST without a body in Firefox', async () => {
    const body = RequestBody.of(withoutStream({ method: 'POST' }))!;
    expect(await body.measure()).toBe(0);
  });
});
