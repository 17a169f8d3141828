import type { ConsolePanel } from '@jupyterlab/console';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { isAppEvent } from '../events';
import { PACKAGE } from '../protocol';
import { explainMissingPyodide } from './kernelStart';
import type { IApp, IAppManager } from './tokens';

/** The statuses of a kernel that no longer serves its apps. */
const ENDED: ReadonlySet<Kernel.Status> = new Set<Kernel.Status>([
  'autorestarting',
  'dead',
  'restarting',
  'terminating'
]);

/** The ids of the kernels that widgets use, by the ids of the widgets. */
const kernels = new Map<string, string>();

/** Pass `manager` the events of every kernel that a notebook or console uses. */
export function follow(
  { id, sessionContext }: ConsolePanel | NotebookPanel,
  manager: IAppManager,
  trans: TranslationBundle
): void {
  const handle = (data: unknown) => {
    if (isAppEvent(data)) {
      manager.handle(data, id);
    }
  };
  const served = () =>
    manager.apps.filter(app => app.widget === id && isServed(app));
  const listen = (kernel: Kernel.IKernelConnection | null | undefined) => {
    if (!kernel) {
      return;
    }
    kernels.set(id, kernel.id);
    // An app may belong to another notebook or console of the kernel.
    const findApp = () =>
      manager.apps.find(
        app => isServed(app) && kernels.get(app.widget) === kernel.id
      );
    extendInterrupt(kernel, findApp, trans);
    void explainMissingPyodide(kernel, trans);
    kernel.registerCommTarget(PACKAGE, (comm, opened) => {
      comm.onMsg = message => handle(message.content.data);
      handle(opened.content.data);
    });
    kernel.statusChanged.connect((_, status) => {
      if (ENDED.has(status)) {
        served().forEach(({ name, url }) =>
          handle({ type: 'stopped', name, url })
        );
      }
    });
  };
  listen(sessionContext.session?.kernel);
  sessionContext.kernelChanged.connect((_, { newValue }) => listen(newValue));
}

function isServed({ state }: IApp): boolean {
  return state !== 'stopped' && state !== 'taken';
}

/**
 * Make `kernel.interrupt()` end what runs. By itself, JupyterLite only drops the cells
 * that wait.
 *
 * @param findApp - returns an app that the kernel serves
 */
function extendInterrupt(
  kernel: Kernel.IKernelConnection,
  findApp: () => IApp | undefined,
  trans: TranslationBundle
): void {
  const interrupt = kernel.interrupt.bind(kernel);
  kernel.interrupt = async () => {
    const app = findApp();
    const end = async () =>
      app && (await import('./interrupts')).endWork(kernel, app, trans);
    await Promise.all([interrupt(), end()]);
  };
}
