import type { IStatus } from '../../services';
import { fakeChannel, receive, remedies } from '../../__tests__/remedyChannel';

const BUSY: IStatus = {
  busy: true,
  sentence: 'A cell keeps the kernel busy.',
  stoppable: true,
  stuck: false
};
const FREE: IStatus = { ...BUSY, busy: false };

/** What the script finds in the page. */
const sentence = { textContent: '' };
const stop = {
  disabled: false,
  hidden: true,
  click: () => undefined,
  addEventListener: (_: string, listener: () => undefined) => {
    stop.click = listener;
  }
};
const remedy = { hidden: true, textContent: '', addEventListener: () => {} };
const lab = { hidden: true };
const reload = jest.fn();

/** Requests and how to answer them. */
const fetched: [string, RequestInit | undefined][] = [];
let answer: () => Promise<Response>;

/** Let promises settle. */
const turn = () => new Promise(resolve => setImmediate(resolve));

/** Run the script, whose first question gets this status. */
async function load(status: IStatus): Promise<void> {
  answer = async () => Response.json(status);
  await jest.isolateModulesAsync(async () => void (await import('../index')));
  await turn();
}

/** Let the script ask again, and get this status. */
async function later(respond: () => Promise<Response>): Promise<void> {
  answer = respond;
  jest.runOnlyPendingTimers();
  await turn();
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
  reload.mockClear();
  fetched.length = 0;
  fakeChannel();
  Object.assign(stop, { disabled: false, hidden: true });
  Object.assign(globalThis, {
    document: {
      currentScript: {
        dataset: { base: '/demo/', app: 'caf\u00e9', until: 'free' }
      },
      getElementById: (id: string) => ({ sentence, stop, remedy, lab })[id]
    },
    window: globalThis,
    parent: globalThis,
    location: { reload },
    fetch: (url: string, init?: RequestInit) => {
      fetched.push([url, init]);
      return answer();
    }
  });
});

afterEach(() => {
  jest.useRealTimers();
});

it('asks what keeps the kernel busy, and shows that', async () => {
  await load(BUSY);
  expect(fetched).toEqual([['/demo/asgi/-/status/caf%C3%A9', undefined]]);
  expect(sentence.textContent).toBe('A cell keeps the kernel busy.');
  expect(stop.hidden).toBe(false);
  await later(async () => Response.json({ ...BUSY, stoppable: false }));
  expect(stop.hidden).toBe(true);
});

it('asks lab pages for a restart if an interrupt cannot end that', async () => {
  await load(BUSY);
  expect(remedies.posted).toEqual([]);
  await later(async () => Response.json({ ...BUSY, stoppable: false }));
  expect(remedies.posted).toEqual([
    { type: 'ask', app: 'caf\u00e9', remedy: 'restart' }
  ]);
  receive({ type: 'offer', app: 'caf\u00e9', remedy: 'restart', lab: '1' });
  expect(remedy.hidden).toBe(false);
  await later(async () => Response.json(BUSY));
  expect(remedy.hidden).toBe(true);
});

it('loads the page once the kernel is free', async () => {
  await load(BUSY);
  expect(reload).not.toHaveBeenCalled();
  await later(async () => Response.json(FREE));
  expect(reload).toHaveBeenCalledTimes(1);
  expect(jest.getTimerCount()).toBe(0);
});

it.each<[string, () => Promise<Response>]>([
  ['is being replaced', () => Promise.reject(new TypeError('network'))],
  ['is not ours', async () => new Response('<h1>Not found</h1>')]
])('asks again if the worker %s', async (_, respond) => {
  await load(BUSY);
  await later(respond);
  expect(sentence.textContent).toBe('A cell keeps the kernel busy.');
  await later(async () => Response.json(FREE));
  expect(reload).toHaveBeenCalledTimes(1);
});

it('interrupts the kernel, once at a time', async () => {
  await load(BUSY);
  stop.click();
  expect(fetched.at(-1)).toEqual([
    '/demo/asgi/-/interrupt/caf%C3%A9',
    { method: 'POST' }
  ]);
  expect(stop.disabled).toBe(true);
  await turn();
  expect(stop.disabled).toBe(false);
});

it('lets an interrupt be tried again that could not be sent', async () => {
  await load(BUSY);
  answer = () => Promise.reject(new TypeError('network'));
  stop.click();
  await turn();
  expect(stop.disabled).toBe(false);
});
