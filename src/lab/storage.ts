/** Says why JupyterLite does not start where the browser keeps it from storing data. */

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { isJupyterLite } from './site';

/**
 * Show a dialog if the browser blocks this page's storage, because JupyterLite's own plugins
 * fail then and leave the page with the sign that it is loading.
 *
 * @param page - the window
 */
export async function explainBlockedStorage(
  page: Window = window
): Promise<void> {
  if (!isJupyterLite() || hasStorage(page)) {
    return;
  }
  const trans = nullTranslator.load('jupyterlite_asgi'); // JupyterLab's fails, too
  const framed = page.top !== page;
  const { button } = await showDialog({
    title: trans.__('JupyterLite cannot start'),
    body: framed
      ? trans.__(
          'The browser does not let this page store data in a frame of another site: open it in a tab of its own.'
        )
      : trans.__(
          'The browser does not let this page store data: allow cookies and site data for this site, then reload the page.'
        ),
    buttons: [
      Dialog.okButton({
        label: framed ? trans.__('Open in a tab') : trans.__('Reload the page')
      })
    ]
  });
  if (button.accept && framed) {
    page.open(page.location.href);
  } else if (button.accept) {
    page.location.reload();
  }
}

function hasStorage(page: Window): boolean {
  try {
    return page.localStorage !== null;
  } catch {
    return false; // a SecurityError
  }
}
