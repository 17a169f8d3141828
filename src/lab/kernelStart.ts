/** Says why a Pyodide kernel does not start where Pyodide cannot be loaded. */

import { Notification } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { PYODIDE, pyodideUrl } from './kernelSettings';
import { isJupyterLite } from './site';

type Connection = Pick<Kernel.IKernelConnection, 'disposed' | 'info' | 'name'>;

/** Milliseconds until we check whether Pyodide can be loaded; also the timeout of that check. */
const PATIENCE = 10_000;

/** The kernels that wait for Pyodide. */
const waiting = new Set<Connection>();

/** The id of the notification that they share. */
let notice = '';

/**
 * Notify the user if `kernel` is not ready after some seconds and Pyodide's script cannot be
 * loaded. JupyterLite itself shows nothing then; cells wait forever.
 */
export async function explainMissingPyodide(
  kernel: Connection,
  trans: TranslationBundle
): Promise<void> {
  if (kernel.name !== PYODIDE || !isJupyterLite()) {
    return;
  }
  const settled = settle(kernel);
  const url = pyodideUrl();
  if ((await within(PATIENCE, settled)) || (await canLoad(url))) {
    return;
  }
  waiting.add(kernel);
  // Shows the notification again if the user has hidden it, unless it was dismissed.
  if (!Notification.update({ id: notice })) {
    notice = Notification.error(
      trans.__(
        'Pyodide cannot be loaded from %1, so no kernel starts: check the network, or build the site with --asgi-pyodide.',
        new URL(url).host // JupyterLab shows at most 140 characters
      ),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Reload the page'),
            callback: () => location.reload()
          }
        ]
      }
    );
  }
  await settled;
  waiting.delete(kernel);
  if (waiting.size === 0) {
    Notification.dismiss(notice);
  }
}

/** Resolves when `kernel` is ready, or is shut down, after which its `info` stays pending. */
function settle({ disposed, info }: Connection): Promise<true> {
  return new Promise(resolve => {
    const done = () => resolve(true);
    disposed.connect(done);
    info.then(done, done);
  });
}

/** Whether `settled` resolves within that many milliseconds. */
function within(
  milliseconds: number,
  settled: Promise<true>
): Promise<boolean> {
  const late = new Promise<false>(resolve =>
    setTimeout(resolve, milliseconds, false)
  );
  return Promise.race([settled, late]);
}

async function canLoad(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(PATIENCE) })).ok;
  } catch {
    return false;
  }
}
