import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { explainMissingPyodide } from '../kernelStart';

jest.mock('@jupyterlab/apputils', () => ({
  Notification: { error: jest.fn(() => 'notice'), dismiss: jest.fn() }
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

/** Follow a kernel of that name; returns a function that makes it ready. */
function start(name = 'python'): () => void {
  let ready: (info: never) => void = () => undefined;
  const info = new Promise<never>(resolve => {
    ready = resolve;
  });
  void explainMissingPyodide({ name, info }, trans);
  return () => ready({} as never);
}

beforeEach(() => {
  jest.useFakeTimers();
  jest.clearAllMocks();
  globalThis.fetch = jest.fn().mockRejectedValue(new TypeError('offline'));
});

afterEach(() => {
  jest.useRealTimers();
});

it('says that Pyodide cannot be loaded, until the kernel is ready', async () => {
  const ready = start();
  await later();
  expect(Notification.error).toHaveBeenCalledWith(SENTENCE, expect.anything());
  expect(Notification.dismiss).not.toHaveBeenCalled();
  ready();
  await later();
  expect(Notification.dismiss).toHaveBeenCalledWith('notice');
});

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
  start()();
  start('javascript');
  await later();
  expect(globalThis.fetch).not.toHaveBeenCalled();
});
