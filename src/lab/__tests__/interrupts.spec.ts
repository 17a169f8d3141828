import { Notification, type ISessionContext } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IStatus } from '../../services';
import { endWork } from '../interrupts';
import { offerRestart } from '../offerRestart';

jest.mock('@jupyterlab/apputils', () => ({
  Notification: { warning: jest.fn() }
}));
const mockWithdraw = jest.fn();
jest.mock('../offerRestart', () => ({
  offerRestart: jest.fn(() => mockWithdraw)
}));
jest.mock('../site', () => ({ siteUrl: () => 'https://example.org/demo/' }));

const RUNS: IStatus = {
  busy: true,
  sentence: 'A cell.',
  stoppable: true,
  stuck: false
};
const FREE: IStatus = { ...RUNS, busy: false, stoppable: false };
const SILENT: IStatus = { ...RUNS, stoppable: false };

const sessionContext = {} as ISessionContext;
const trans = { __: (text: string) => text } as TranslationBundle;

/** The requests to the worker, and its answers by service; null if it fails. */
let requests: string[];
let answers: { interrupt: object | null; status: object | null };

const warned = () => jest.mocked(Notification.warning).mock.calls;
const offered = () => jest.mocked(offerRestart).mock.calls;

/** Let promises settle. */
const turn = () => new Promise(resolve => setImmediate(resolve));

/** Let so many questions about the status be answered. */
async function polls(count: number): Promise<void> {
  for (; count > 0; count -= 1) {
    await jest.advanceTimersByTimeAsync(1000);
    await turn();
  }
}

const end = () => endWork({ name: 'shop' }, sessionContext, trans);

function controlled(controller: object | null): void {
  Object.defineProperty(globalThis, 'navigator', {
    value: { serviceWorker: { controller } },
    configurable: true
  });
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
  jest.clearAllMocks();
  controlled({});
  requests = [];
  answers = { interrupt: { heard: true, what: 'A cell' }, status: RUNS };
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const { pathname } = new URL(url as string);
    requests.push(`${init!.method} ${pathname}`);
    const service = pathname.split('/')[4] as keyof typeof answers;
    const answer = answers[service];
    return answer ? Response.json(answer) : new Response('<h1>Gone</h1>');
  });
});

afterEach(async () => {
  answers.status = FREE;
  await polls(1);
  jest.useRealTimers();
});

it('interrupts the kernel, and watches until it is free', async () => {
  await end();
  expect(requests).toEqual(['POST /demo/asgi/-/interrupt/shop']);
  await polls(10);
  answers.status = FREE;
  await polls(5);
  expect(requests.slice(1)).toEqual(
    Array(11).fill('GET /demo/asgi/-/status/shop')
  );
  expect(offered()).toEqual([]);
});

it('offers a restart if that has no effect, once', async () => {
  answers.status = SILENT;
  await end();
  await polls(2);
  expect(offered()).toEqual([]);
  await polls(5);
  answers.status = RUNS;
  await polls(1);
  answers.status = SILENT;
  await polls(5);
  expect(offered()).toEqual([[sessionContext, 'A cell.', trans]]);
});

it('offers that at once if code handles one interrupt after another', async () => {
  answers.status = { ...SILENT, stuck: true };
  await end();
  await polls(1);
  expect(offered()).toHaveLength(1);
});

it('withdraws the offer when the kernel is free', async () => {
  answers.status = SILENT;
  await end();
  await polls(3);
  expect(mockWithdraw).not.toHaveBeenCalled();
  answers.status = FREE;
  await polls(1);
  expect(mockWithdraw).toHaveBeenCalledTimes(1);
});

it('does not take one unlucky answer for a kernel that cannot stop', async () => {
  await end();
  for (const status of [SILENT, SILENT, RUNS, SILENT, SILENT]) {
    answers.status = status;
    await polls(1);
  }
  expect(offered()).toEqual([]);
});

it('interrupts a kernel that does not hear again until it does', async () => {
  answers.interrupt = { heard: false, what: '' };
  await end();
  await polls(2);
  answers.interrupt = { heard: true, what: 'A cell' };
  await polls(3);
  const interrupts = requests.filter(request => request.startsWith('POST'));
  expect(interrupts).toHaveLength(4);
});

it('interrupts again when asked again, but watches once', async () => {
  await Promise.all([end(), end()]);
  await end();
  await polls(1);
  expect(requests.map(request => request.split(' ')[0])).toEqual([
    ...['POST', 'POST', 'POST', 'GET']
  ]);
});

it('continues while the worker is being replaced', async () => {
  answers = { interrupt: null, status: null };
  await end();
  await polls(29);
  answers.status = RUNS;
  await polls(1);
  answers.status = null;
  await polls(29);
  answers = { interrupt: { heard: true, what: '' }, status: FREE };
  await polls(1);
  expect(warned()).toEqual([]);
  expect(requests.at(-1)).toContain('status');
});

it('gives up, and says so, if the worker is gone', async () => {
  answers.status = SILENT;
  await end();
  await polls(3);
  answers = { interrupt: null, status: null };
  await polls(30);
  expect(mockWithdraw).toHaveBeenCalledTimes(1);
  expect(warned()).toEqual([
    [
      'The service worker no longer answers, so this page cannot interrupt ' +
        'the kernel: reload the page.',
      { autoClose: false }
    ]
  ]);
  const count = requests.length;
  await polls(3);
  expect(requests).toHaveLength(count);
});

it('says why it cannot, on a page without a service worker', async () => {
  controlled(null);
  await end();
  expect(requests).toEqual([]);
  expect(warned()).toEqual([
    [
      'This page was loaded without the service worker, so it cannot interrupt ' +
        'the kernel: reload the page.',
      { autoClose: false }
    ]
  ]);
});
