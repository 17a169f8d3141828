import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { version } from '../_version';
import { serviceUrl } from '../services';
import { isJupyterLite, siteUrl } from './site';

/** Replaces a service worker of another build after the site was upgraded. */
export const workerUpdate: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlite-asgi:worker-update',
  description: 'Keeps the service worker up to date with the site.',
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    if (isJupyterLite() && 'serviceWorker' in navigator) {
      app.restored
        .then(() => updateWorker(navigator.serviceWorker))
        .catch(() => undefined); // the site is offline, so there is no update
    }
  }
};

/** Make the browser look for a newer worker if the current one's version is not ours. */
export async function updateWorker(
  container: Pick<ServiceWorkerContainer, 'getRegistration'>
): Promise<void> {
  const registration = await container.getRegistration(siteUrl());
  if (registration && (await workerVersion()) !== version) {
    await registration.update();
  }
}

/** The version of the worker that controls this page; undefined if it is not ours. */
async function workerVersion(): Promise<unknown> {
  const about: unknown = await fetch(`${siteUrl()}${serviceUrl('version')}`)
    .then(response => response.json())
    .catch(() => undefined);
  return (Object(about) as Record<string, unknown>).version;
}
