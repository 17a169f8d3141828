import type { ConsolePanel } from '@jupyterlab/console';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';

import { isAppEvent } from '../events';
import { PACKAGE } from '../protocol';
import type { IAppManager } from './tokens';

/** The statuses of a kernel that no longer serves its apps. */
const ENDED: ReadonlySet<Kernel.Status> = new Set<Kernel.Status>([
  'autorestarting',
  'dead',
  'restarting',
  'terminating'
]);

/** Pass `manager` the events of every kernel that a notebook or console uses. */
export function follow(
  { id, sessionContext }: ConsolePanel | NotebookPanel,
  manager: IAppManager
): void {
  const handle = (data: unknown) => {
    if (isAppEvent(data)) {
      manager.handle(data, id);
    }
  };
  const listen = (kernel: Kernel.IKernelConnection | null | undefined) => {
    kernel?.registerCommTarget(PACKAGE, (comm, opened) => {
      comm.onMsg = message => handle(message.content.data);
      handle(opened.content.data);
    });
    kernel?.statusChanged.connect((_, status) => {
      if (ENDED.has(status)) {
        manager.apps
          .filter(app => app.widget === id)
          .filter(({ state }) => state === 'running' || state === 'failed')
          .forEach(({ name, url }) => handle({ type: 'stopped', name, url }));
      }
    });
  };
  listen(sessionContext.session?.kernel);
  sessionContext.kernelChanged.connect((_, { newValue }) => listen(newValue));
}
