import { busyKernels } from '../kernel/busyKernels';
import { MARGIN, PATIENCE } from '../request/exchange';
import { report } from './busy';
import { APP_URL, endOpened, FakeReplies, run, turn, watch } from './fakes';

/** Send a request of that mode, which Node.js cannot set. */
function send(method: string, mode: RequestMode) {
  const request = new Request(APP_URL, { method });
  Object.defineProperty(request, 'mode', { value: mode });
  return run(request, new FakeReplies());
}

const navigate = () => send('GET', 'navigate');

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
});

afterEach(() => {
  endOpened();
  jest.useRealTimers();
});

describe('a navigation that the kernel does not begin', () => {
  it('is to be begun in time', () => {
    const { replies } = navigate();
    expect(replies.sent[0]).toMatchObject({ until: Date.now() + PATIENCE });
  });

  it('gets a page to wait on, and is withdrawn', async () => {
    const { replies, response } = navigate();
    const done = watch(response);
    jest.advanceTimersByTime(PATIENCE + MARGIN - 1);
    await turn();
    expect(done()).toBe(false);

    jest.advanceTimersByTime(1);
    const page = await response;
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '3']);
    expect(await page.text()).toContain(
      'The kernel of shop is busy with something that cannot be interrupted now'
    );
    expect(replies.types).toEqual(['request', 'cancel']);
    expect(replies.listening).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('learns what keeps the kernel busy', async () => {
    const { response } = navigate();
    jest.advanceTimersByTime(PATIENCE);
    busyKernels.note(report({}, 'GET /loop'));
    jest.advanceTimersByTime(MARGIN);
    const text = await (await response).text();
    expect(text).toContain('GET /loop, at Cell In[3]');
    expect(text).toContain('<button id="stop">');
  });

  it('offers no interrupt if that does not help', async () => {
    const { response } = navigate();
    jest.advanceTimersByTime(PATIENCE);
    busyKernels.note(report({ stuck: true }));
    jest.advanceTimersByTime(MARGIN);
    expect(await (await response).text()).toContain(
      '<button id="stop" hidden>'
    );
  });
});

describe('a navigation that the kernel has begun', () => {
  it('waits for its response', async () => {
    const { replies, response } = navigate();
    const done = watch(response);
    replies.say({ type: 'begun' });
    jest.advanceTimersByTime(10 * PATIENCE);
    await turn();
    expect(done()).toBe(false);
    replies.respond('at last', false);
    expect(await (await response).text()).toBe('at last');
  });

  it('leaves no timer behind once it has a response', () => {
    const { replies } = navigate();
    replies.respond('hello', true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('leaves no timer behind if its app is not served', () => {
    navigate().exchange.settle(new Response());
    expect(jest.getTimerCount()).toBe(0);
  });
});

it.each<[string, RequestMode]>([
  ['POST', 'navigate'],
  ['HEAD', 'navigate'],
  ['GET', 'cors'],
  ['GET', 'no-cors']
])('%s with the mode %s waits until its timeout', async (method, mode) => {
  const { replies, response } = send(method, mode);
  const done = watch(response);
  jest.advanceTimersByTime(10 * PATIENCE);
  await turn();
  expect(replies.sent[0]).toMatchObject({ until: 0 });
  expect(done()).toBe(false);
});
