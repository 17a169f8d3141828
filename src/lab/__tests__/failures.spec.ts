import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { AppEvent } from '../../events';
import { AppManager } from '../appManager';
import { noticeFailures } from '../failures';
import { offerRestart } from '../interrupts';

jest.mock('../interrupts', () => ({ offerRestart: jest.fn() }));
jest.mock('../site', () => ({ siteUrl: () => 'https://example.org/demo/' }));

const URL = 'https://example.org/demo/asgi/shop/';
const LOCK = 'jupyterlite-asgi /demo/ app shop';
const kernel = {} as Kernel.IKernelConnection;
const trans = {
  __: (text: string, name: string) => text.replace('%1', name)
} as TranslationBundle;

/** The callbacks of requested locks, by name. */
let waiting: [string, () => void][];

function follow(): AppManager {
  const manager = new AppManager();
  noticeFailures(manager, () => kernel, trans);
  return manager;
}

function send(manager: AppManager, type: AppEvent['type']): void {
  const event = { type, name: 'shop', url: URL, open: 'none' } as AppEvent;
  manager.handle(event, 'notebook');
}

beforeEach(() => {
  jest.useFakeTimers();
  jest.clearAllMocks();
  waiting = [];
  const request = (name: string, options: LockOptions, granted: () => void) => {
    expect(options).toEqual({ mode: 'shared' });
    waiting.push([name, granted]);
  };
  Object.defineProperty(globalThis, 'navigator', {
    value: { locks: { request } },
    configurable: true
  });
});

afterEach(() => {
  jest.useRealTimers();
});

it('offers to restart a kernel that frees the name of its app without a word', () => {
  const manager = follow();
  send(manager, 'served');
  send(manager, 'served');
  expect(waiting.map(([name]) => name)).toEqual([LOCK]);

  waiting[0]![1]();
  expect(offerRestart).not.toHaveBeenCalled();
  jest.runAllTimers();
  expect(offerRestart).toHaveBeenCalledWith(
    kernel,
    'The kernel of shop has failed: restart it, then run its cells again.',
    trans
  );
  expect(manager.get(URL)!.state).toBe('stopped');
});

it.each<AppEvent['type']>(['stopped', 'taken'])(
  'stays silent if the app was %s',
  type => {
    const manager = follow();
    send(manager, 'served');
    waiting[0]![1]();
    send(manager, type);
    jest.runAllTimers();
    expect(offerRestart).not.toHaveBeenCalled();
  }
);

it('watches an app that is served again', () => {
  const manager = follow();
  send(manager, 'served');
  waiting[0]![1]();
  send(manager, 'stopped');
  jest.runAllTimers();
  send(manager, 'served');
  expect(waiting).toHaveLength(2);
});
