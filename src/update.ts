/** What an upgrade of the site needs of a page that is newer than its worker. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { version } from './_version';
import { PLUGINS } from './tokens';
import { isJupyterLite, siteUrl } from './wheel';

/** Lets the worker of another build give way to that of this one. */
export const workerUpdate: JupyterFrontEndPlugin<void> = {
  id: PLUGINS.workerUpdate,
  description: 'Brings the service worker up to date with the site.',
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    if (isJupyterLite() && 'serviceWorker' in navigator) {
      void app.restored.then(() => bringUpToDate(navigator.serviceWorker));
    }
  }
};

/**
 * Milliseconds after which the worker's version is looked at. JupyterLite
 * removes its registration while the page starts and makes it anew, which finds
 * the old worker again: a look in between comes to nothing.
 */
const LOOKS = [0, 1000, 2000, 4000, 8000, 16_000];

/** Let the browser look for a newer worker, as long as the version of its own is not ours. */
export async function bringUpToDate(
  container: Pick<ServiceWorkerContainer, 'getRegistration'>
): Promise<void> {
  for (const delay of LOOKS) {
    await new Promise(resolve => setTimeout(resolve, delay));
    if ((await workerVersion()) === version) {
      return;
    }
    await container
      .getRegistration(siteUrl())
      .then(registration => registration?.update())
      .catch(() => undefined); // removed meanwhile, or the site is out of reach
  }
}

/** The version of the worker that controls this page; null if none of ours does. */
async function workerVersion(): Promise<string | null> {
  try {
    const response = await fetch(`${siteUrl()}asgi/-/version`);
    const answer = (await response.json()) as { version?: string };
    return answer.version ?? null;
  } catch {
    return null;
  }
}
