import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { explainMissingPyodide } from '../kernelStart';

/** Whether each notification that was not dismissed is shown, or hidden, by id. */
const mockShown = new Map<string, boolean>();

jest.mock('@jupyterlab/apputils', () => ({
  Notification: {
    error: jest.fn(() => {
      const id = `notice ${jest.mocked(Notification.error).mock.calls.length}`;
      mockShown.set(id, true);
      return id;
    }),
    dismiss: jest.fn((id: string) => mockShown.delete(id)),
    update: ({ id }: { id: string }) =>
      mockShown.has(id) && mockShown.set(id, true).get(id)
  }
}));
jest.mock('../kernelSettings', () => ({
  PYODIDE: 'python',
  pyodideUrl: () => 'https://cdn.example/pyodide.mjs'
}));
jest.mock('../site', () => ({ isJupyterLite: () => true }));

const trans = {
  __: (text: string, url: string) => text.replace('%1', url)
} as TranslationBundle;

const SENTENCE =
  'Pyodide cannot be loaded from cdn.example, so no kernel starts: check the network, or build the site with --asgi-pyodide.';

/** Ten seconds later, after the look. */
async function later(): Promise<void> {
  await jest.advanceTimersByTimeAsync(10_000);
}

/** The functions that shut down the kernels of the test. */
const kernels: (() => void)[] = [];

/** Follow a kernel of that name; returns functions that make it ready, and shut it down. */
function start(name = 'python') {
  let resolveInfo: (info: never) => void = () => undefined;
  const info = new Promise<never>(resolve => {
    resolveInfo = resolve;
  });
  const disposed = new Signal<object, void>({});
  void explainMissingPyodide({ name, info, disposed } as never, trans);
  const shutDown = () => disposed.emit();
  kernels.push(shutDown);
  return { ready: () => resolveInfo({} as never), shutDown };
}

beforeEach(() => {
  jest.useFakeTimers();
  jest.clearAllMocks();
  globalThis.fetch = jest.fn().mockRejectedValue(new TypeError('offline'));
});

afterEach(async () => {
  kernels.splice(0).forEach(shutDown => shutDown());
  await later();
  jest.useRealTimers();
});

it('says that Pyodide cannot be loaded, until the kernel is ready', async () => {
  const { ready } = start();
  await later();
  expect(Notification.error).toHaveBeenCalledWith(SENTENCE, expect.anything());
  expect(mockShown.size).toBe(1);
  ready();
  await later();
  expect(mockShown.size).toBe(0);
});

it('says so until no kernel waits: each is ready or shut down', async () => {
  const kernel = start();
  const other = start();
  await later();
  kernel.ready();
  await later();
  expect(mockShown.size).toBe(1);
  other.shutDown();
  await later();
  expect(mockShown.size).toBe(0);
});

it.each([
  ['dismissed', () => mockShown.clear()],
  ['hidden', () => mockShown.set([...mockShown.keys()][0]!, false)]
])(
  'says so again for a later kernel if the user has %s the notice',
  async (_, close) => {
    start();
    await later();
    close();
    start();
    await later();
    expect([...mockShown.values()]).toEqual([true]);
  }
);

it('says so once if the server has no such file', async () => {
  globalThis.fetch = jest.fn().mockResolvedValue({ ok: false });
  start();
  start();
  await later();
  expect(Notification.error).toHaveBeenCalledTimes(1);
});

it('is silent about a slow kernel whose Pyodide can be loaded', async () => {
  globalThis.fetch = jest.fn().mockResolvedValue({ ok: true });
  start();
  await later();
  expect(globalThis.fetch).toHaveBeenCalledTimes(1);
  expect(Notification.error).not.toHaveBeenCalled();
});

it('does not look if the kernel is ready in time, or has no Pyodide', async () => {
  start().ready();
  start('javascript');
  await later();
  expect(globalThis.fetch).not.toHaveBeenCalled();
});
