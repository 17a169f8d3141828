import { Notification, type ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * Say what is wrong with a kernel, with a button that restarts it, until it is restarted,
 * replaced or shut down.
 *
 * @param sessionContext - that of the kernel's notebook or console; null if it is closed,
 * and then there is no button
 * @param withdrawn - called once when the notification is withdrawn
 * @returns a function that withdraws it
 */
export function offerRestart(
  sessionContext: ISessionContext | null,
  sentence: string,
  trans: TranslationBundle,
  withdrawn?: () => void
): () => void {
  const restart = () => {
    sessionContext?.restartKernel().catch(() => {
      Notification.error(
        trans.__('The kernel cannot be restarted: reload the page.'),
        { autoClose: false }
      );
    });
  };
  const notice = Notification.warning(sentence, {
    autoClose: false,
    actions: sessionContext
      ? [{ label: trans.__('Restart the kernel'), callback: restart }]
      : []
  });
  const kernel = sessionContext?.session?.kernel;
  const follow = (_: unknown, status: Kernel.Status) => {
    if (status === 'restarting' || status === 'autorestarting') {
      withdraw();
    }
  };
  const withdraw = () => {
    kernel?.statusChanged.disconnect(follow);
    kernel?.disposed.disconnect(withdraw);
    Notification.dismiss(notice);
    withdrawn?.();
  };
  kernel?.statusChanged.connect(follow);
  kernel?.disposed.connect(withdraw);
  return withdraw;
}
