/** Says why a Pyodide kernel does not start where Pyodide cannot be loaded. */

import { Notification } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { PYODIDE, pyodideUrl } from './kernelSettings';
import { isJupyterLite } from './site';

/** Milliseconds after which a kernel that is not ready makes us look, and that a look may take. */
const PATIENCE = 10_000;

/** The id of the notification that all kernels share; empty if there is none. */
let notice = '';

/**
 * Notify the user if `kernel` is not ready after some seconds and Pyodide's script cannot be
 * loaded. JupyterLite itself shows nothing then; cells wait forever.
 */
export async function explainMissingPyodide(
  kernel: Pick<Kernel.IKernelConnection, 'info' | 'name'>,
  trans: TranslationBundle
): Promise<void> {
  if (kernel.name !== PYODIDE || !isJupyterLite()) {
    return;
  }
  const ready = kernel.info.then(
    () => true,
    () => true // the kernel was shut down
  );
  const url = pyodideUrl();
  if ((await within(PATIENCE, ready)) || (await canLoad(url))) {
    return;
  }
  notice ||= Notification.error(
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
  await ready; // the script has come after all
  Notification.dismiss(notice);
  notice = '';
}

/** Whether `ready` resolves within that many milliseconds. */
function within(
  milliseconds: number,
  ready: Promise<boolean>
): Promise<boolean> {
  const late = new Promise<false>(resolve =>
    setTimeout(resolve, milliseconds, false)
  );
  return Promise.race([ready, late]);
}

async function canLoad(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(PATIENCE) })).ok;
  } catch {
    return false;
  }
}
