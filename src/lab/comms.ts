import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';

import { isAppEvent } from '../events';
import { PACKAGE } from '../protocol';
import type { IAppManager } from './tokens';

/** What a kernel is when all that it served is gone. */
const ENDED: ReadonlySet<Kernel.Status> = new Set<Kernel.Status>([
  'autorestarting',
  'dead',
  'restarting',
  'terminating'
]);

/**
 * Give `manager` the events of each kernel that a notebook or console comes to have.
 *
 * @param widget - the id of the notebook or console
 */
export function follow(
  session: Pick<ISessionContext, 'kernelChanged' | 'session'>,
  widget: string,
  manager: IAppManager
): void {
  const handle = (data: unknown) => {
    if (isAppEvent(data)) {
      manager.handle(data, widget);
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
          .filter(app => app.widget === widget)
          .filter(({ state }) => state === 'running' || state === 'failed')
          .forEach(({ name, url }) => handle({ type: 'stopped', name, url }));
      }
    });
  };
  listen(session.session?.kernel);
  session.kernelChanged.connect((_, change) => listen(change.newValue));
}
