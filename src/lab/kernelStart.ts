/** Says why a Pyodide kernel does not start where Pyodide cannot be loaded. */

import { Notification } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { PYODIDE, pyodideUrl } from './kernelSettings';
import { isJupyterLite } from './site';

/** Milliseconds after which a kernel that is not ready makes us look, and that a look may take. */
const PATIENCE = 10_000;

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
  const ready = kernel.info.then(() => true);
  const url = pyodideUrl();
  if ((await within(PATIENCE, ready)) || (await canLoad(url))) {
    return;
  }
  const notice = Notification.error(
    trans.__(
      'The kernel cannot start, because %1 cannot be loaded: check the network and reload the page, or build the site with a Pyodide of its own (option --asgi-pyodide).',
      url
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
