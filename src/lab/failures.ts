import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { appLock } from '../protocol';
import { offerRestart } from './offerRestart';
import type { IOwner } from './remedies';
import { siteUrl } from './site';
import type { IApp, IAppManager } from './tokens';

/** Milliseconds in which a kernel that has stopped an app says so. */
const GRACE = 1000;

/**
 * Notice when a kernel ends without an event. If it was not shut down, Python has exited or
 * crashed: offer to restart it.
 *
 * The browser frees the lock of a kernel's app however the kernel ends.
 *
 * @returns a function that says whether a kernel has ended so, and was not restarted
 */
export function noticeFailures(
  manager: IAppManager,
  findOwner: (app: IApp) => IOwner | null,
  trans: TranslationBundle
): (kernel: Kernel.IKernelConnection) => boolean {
  /** How to withdraw the notices about failed kernels, by the ids of the kernels. */
  const failed = new Map<string, () => void>();
  const watched = new Set<IApp>();
  const watch = (app: IApp) => {
    if (app.state !== 'running' || watched.has(app)) {
      return;
    }
    watched.add(app);
    const lock = appLock(new URL(siteUrl()).pathname, app.name);
    // Shared and released at once, so that the next kernel can take the lock.
    void navigator.locks.request(lock, { mode: 'shared' }, () => {
      watched.delete(app);
      setTimeout(() => end(app), GRACE);
    });
  };
  const end = (app: IApp) => {
    const { name, url, widget, state } = app;
    // Watched again: it is served anew.
    if (watched.has(app) || !['running', 'failed'].includes(state)) {
      return;
    }
    manager.handle({ type: 'stopped', name, url }, widget);
    const sessionContext = findOwner(app)?.sessionContext;
    const kernel = sessionContext?.session?.kernel;
    if (!sessionContext || !kernel) {
      return; // shut down
    }
    const { id } = kernel;
    if (failed.has(id)) {
      return; // with another app
    }
    const sentence = trans.__(
      'The kernel of %1 has failed: restart it, then run its cells again.',
      sessionContext.name
    );
    const forget = () => failed.delete(id);
    failed.set(id, offerRestart(sessionContext, sentence, trans, forget));
  };
  manager.apps.forEach(watch);
  manager.changed.connect((_, { app, event }) => {
    if (event.type === 'served') {
      // Its kernel was restarted, maybe through another connection.
      failed.get(findOwner(app)?.sessionContext.session?.kernel?.id ?? '')?.();
    }
    watch(app);
  });
  return ({ id }) => failed.has(id);
}
