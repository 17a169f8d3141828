import type { ConsolePanel } from '@jupyterlab/console';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { isAppEvent } from '../events';
import { PACKAGE } from '../protocol';
import { extendInterrupt } from './extendInterrupt';
import { explainMissingPyodide } from './kernelStart';
import type { IApp, IAppManager } from './tokens';

/** The statuses of a kernel that no longer serves its apps. */
const ENDED: ReadonlySet<Kernel.Status> = new Set<Kernel.Status>([
  'autorestarting',
  'dead',
  'restarting',
  'terminating'
]);

/** The ids of the kernels that serve apps, or have served them last. */
const servers = new WeakMap<IApp, string>();

/** Follow every kernel that a notebook or console uses. */
export function follow(
  { id, sessionContext }: ConsolePanel | NotebookPanel,
  manager: IAppManager,
  trans: TranslationBundle
): void {
  const followed = new WeakSet<Kernel.IKernelConnection>();
  const followKernel = (
    kernel: Kernel.IKernelConnection | null | undefined
  ) => {
    // JupyterLab announces a kernel again when it has been restarted.
    if (!kernel || followed.has(kernel)) {
      return;
    }
    followed.add(kernel);
    receiveEvents(kernel, id, manager);
    const find = () => findApp(kernel, manager);
    extendInterrupt(kernel, find, sessionContext, trans);
    void explainMissingPyodide(kernel, trans);
  };
  followKernel(sessionContext.session?.kernel);
  sessionContext.kernelChanged.connect((_, { newValue }) =>
    followKernel(newValue)
  );
}

/** Pass `manager` the events of `kernel`, which the widget with that id uses. */
function receiveEvents(
  kernel: Kernel.IKernelConnection,
  widget: string,
  manager: IAppManager
): void {
  const handle = (data: unknown) => {
    if (!isAppEvent(data)) {
      return;
    }
    manager.handle(data, widget);
    const app = manager.get(data.url);
    if (app?.widget === widget) {
      servers.set(app, kernel.id);
    }
  };
  kernel.registerCommTarget(PACKAGE, (comm, opened) => {
    comm.onMsg = message => handle(message.content.data);
    handle(opened.content.data);
  });
  kernel.statusChanged.connect((_, status) => {
    if (ENDED.has(status)) {
      manager.apps
        .filter(app => app.widget === widget && isServed(app))
        .forEach(({ name, url }) => handle({ type: 'stopped', name, url }));
    }
  });
}

/**
 * An app that `kernel` serves, if there is one. It may belong to another notebook or
 * console of the kernel, also to one that is closed.
 */
function findApp(
  { id }: Kernel.IKernelConnection,
  { apps }: IAppManager
): IApp | undefined {
  return apps.find(app => isServed(app) && servers.get(app) === id);
}

/** Whether an app is reached under its name. */
export function isServed({ state }: IApp): boolean {
  return state !== 'stopped' && state !== 'taken';
}
