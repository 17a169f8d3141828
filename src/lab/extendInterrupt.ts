import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IApp } from './tokens';

/**
 * Make `kernel.interrupt()` end what runs. By itself, JupyterLite only drops the cells
 * that wait.
 *
 * @param findApp - returns an app that the kernel serves
 * @param sessionContext - that of a notebook or console that uses the kernel
 */
export function extendInterrupt(
  kernel: Kernel.IKernelConnection,
  findApp: () => IApp | undefined,
  sessionContext: ISessionContext,
  trans: TranslationBundle
): void {
  const interrupt = kernel.interrupt.bind(kernel);
  kernel.interrupt = async () => {
    const app = findApp();
    const end = async () =>
      app && (await import('./interrupts')).endWork(app, sessionContext, trans);
    await Promise.all([interrupt(), end()]);
  };
}
