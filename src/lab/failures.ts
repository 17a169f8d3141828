import type { TranslationBundle } from '@jupyterlab/translation';

import { appLock } from '../protocol';
import type { FindKernel } from './commands';
import { offerRestart } from './interrupts';
import { siteUrl } from './site';
import type { IApp, IAppManager } from './tokens';

/** Milliseconds in which a kernel that has stopped an app says so. */
const GRACE = 1000;

/**
 * Offer to restart a kernel that ends without a word: Python has exited or crashed.
 *
 * The browser frees the lock of a kernel's app however the kernel ends.
 */
export function noticeFailures(
  manager: IAppManager,
  findKernel: FindKernel,
  trans: TranslationBundle
): void {
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
    const kernel = findKernel(app);
    if (kernel === null || state === 'stopped' || state === 'taken') {
      return;
    }
    manager.handle({ type: 'stopped', name, url }, widget);
    offerRestart(
      kernel,
      trans.__(
        'The kernel of %1 has failed: restart it, then run its cells again.',
        name
      ),
      trans
    );
  };
  manager.apps.forEach(watch);
  manager.changed.connect((_, { app }) => watch(app));
}
