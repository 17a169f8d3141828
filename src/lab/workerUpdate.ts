/** What an upgrade of the site needs of a page that is newer than its worker. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { version } from '../_version';
import { VERSION_PATH } from '../mount';
import { isJupyterLite, siteUrl } from './kernelWheel';

/** Lets the worker of another build give way to that of this one. */
export const workerUpdate: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlite-asgi:worker-update',
  description: 'Brings the service worker up to date with the site.',
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    if (isJupyterLite() && 'serviceWorker' in navigator) {
      app.restored
        .then(() => bringUpToDate(navigator.serviceWorker))
        .catch(() => undefined); // out of reach, so nothing newer can be had
    }
  }
};

/** Let the browser look for a newer worker, if the version of its own is not ours. */
export async function bringUpToDate(
  container: Pick<ServiceWorkerContainer, 'getRegistration'>
): Promise<void> {
  const registration = await container.getRegistration(siteUrl());
  if (registration && (await workerVersion()) !== version) {
    await registration.update();
  }
}

/** The version of the worker that controls this page; null if none of ours does. */
async function workerVersion(): Promise<string | null> {
  try {
    const response = await fetch(`${siteUrl()}${VERSION_PATH}`);
    const answer = (await response.json()) as { version?: string };
    return answer.version ?? null;
  } catch {
    return null;
  }
}
