import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { AppEvent } from '../../events';
import { AppManager } from '../appManager';
import { noticeFailures } from '../failures';
import { offerRestart } from '../offerRestart';

jest.mock('../offerRestart', () => ({
  offerRestart: jest.fn((_context, _sentence, _trans, withdrawn) => withdrawn)
}));
jest.mock('../site', () => ({ siteUrl: () => 'https://example.org/demo/' }));

const URL = 'https://example.org/demo/asgi/shop/';
const LOCK = 'jupyterlite-asgi /demo/ app shop';
const kernel = { id: 'one' } as Kernel.IKernelConnection;
const sessionContext = {
  name: 'first.ipynb',
  session: { kernel }
} as ISessionContext;
let hasFailed: (kernel: Kernel.IKernelConnection) => boolean;
const trans = {
  __: (text: string, name: string) => text.replace('%1', name)
} as TranslationBundle;

/** The callbacks of requested locks, by name. */
let waiting: [string, () => void][];

function follow(context: ISessionContext = sessionContext): AppManager {
  const manager = new AppManager();
  const owner = { sessionContext: context, runAll: null };
  hasFailed = noticeFailures(manager, () => owner, trans);
  return manager;
}

function send(
  manager: AppManager,
  type: AppEvent['type'],
  name = 'shop'
): void {
  const url = URL.replace('shop', name);
  const event = { type, name, url, open: 'none' } as AppEvent;
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

it('offers to restart a kernel that frees the name of its app without an event', () => {
  const manager = follow();
  send(manager, 'served');
  send(manager, 'served');
  expect(waiting.map(([name]) => name)).toEqual([LOCK]);

  waiting[0]![1]();
  expect(offerRestart).not.toHaveBeenCalled();
  jest.runAllTimers();
  expect(offerRestart).toHaveBeenCalledWith(
    sessionContext,
    'The kernel of first.ipynb has failed: restart it, then run its cells again.',
    trans,
    expect.any(Function)
  );
  expect(manager.get(URL)!.state).toBe('stopped');
});

/** A manager whose kernel has failed, with its apps. */
function fail(...names: string[]): AppManager {
  const manager = follow();
  names.forEach(name => send(manager, 'served', name));
  expect(hasFailed(kernel)).toBe(false);
  waiting.forEach(([, granted]) => granted());
  jest.runAllTimers();
  expect(hasFailed(kernel)).toBe(true);
  return manager;
}

it('knows a failed kernel until the offer is withdrawn', () => {
  fail('shop');
  jest.mocked(offerRestart).mock.calls[0]![3]!();
  expect(hasFailed(kernel)).toBe(false);
});

it('offers once to restart a kernel with several apps', () => {
  const manager = fail('shop', 'club');
  expect(offerRestart).toHaveBeenCalledTimes(1);
  expect(manager.apps.map(app => app.state)).toEqual(['stopped', 'stopped']);
});

it('withdraws the offer when the kernel serves an app again', () => {
  const manager = fail('shop', 'club');
  send(manager, 'served', 'club');
  expect(hasFailed(kernel)).toBe(false);
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

it('knows that an app stops whose kernel is shut down', () => {
  const manager = follow({ session: null } as ISessionContext);
  send(manager, 'served');
  waiting[0]![1]();
  jest.runAllTimers();
  expect(manager.get(URL)!.state).toBe('stopped');
  expect(offerRestart).not.toHaveBeenCalled();
});

it('watches an app that is served again', () => {
  const manager = follow();
  send(manager, 'served');
  waiting[0]![1]();
  send(manager, 'stopped');
  send(manager, 'served');
  expect(waiting).toHaveLength(2);
  jest.runAllTimers();
  expect(manager.get(URL)!.state).toBe('running');
});
