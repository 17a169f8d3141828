/** Gets the site's service worker, which answers the requests of the app's pages. */

import { Fault } from './fault';
import type { Place } from './page';
import { NO_WORKER } from './support';

const WORKER = 'service-worker.js';

/**
 * What JupyterLite adds to the URL by default. It and we register the same URL, as
 * otherwise the one would replace the worker of the other, and end its responses.
 */
const QUERY = '?enableCache=false';

/** Requests a file; `fetch` does. */
type Load = (
  url: string,
  init: RequestInit
) => Promise<Pick<Response, 'headers' | 'ok'>>;

/**
 * Register the site's service worker, unless it is registered, and wait until it can answer.
 *
 * The worker need not control this page, which it does not after a reload that bypasses
 * it: frames ask the worker whose scope their URL is in.
 *
 * @throws Fault if the browser refuses, or if the worker cannot be had
 */
export async function registerWorker(
  place: Pick<Place, 'base' | 'site'>,
  container: Pick<ServiceWorkerContainer, 'getRegistration' | 'register'>,
  load: Load = (url, init) => fetch(url, init)
): Promise<void> {
  const { site } = place;
  const registration = await find(site, container)
    .then(
      found =>
        found ?? container.register(site + WORKER + QUERY, { scope: site })
    )
    .catch(async (error: unknown) => {
      throw await refusal(error, place, load);
    });
  const worker = newest(registration);
  if (worker !== null && !(await isActivated(worker))) {
    throw new Fault(
      'The service worker of the site could not be installed: allow the site to store ' +
        'data, then reload this page.'
    );
  }
}

/** The registration of the site's own worker, with whatever query; null if there is none. */
async function find(
  site: string,
  container: Pick<ServiceWorkerContainer, 'getRegistration'>
): Promise<ServiceWorkerRegistration | null> {
  const found = await container.getRegistration(site);
  if (found?.scope !== site) {
    return null; // that of a site around this one
  }
  const url = newest(found)?.scriptURL.split('?', 1)[0];
  return url === site + WORKER ? found : null;
}

function newest({
  active,
  waiting,
  installing
}: ServiceWorkerRegistration): ServiceWorker | null {
  return active ?? waiting ?? installing;
}

async function refusal(
  error: unknown,
  { base, site }: Pick<Place, 'base' | 'site'>,
  load: Load
): Promise<Fault> {
  const detail = String(error);
  // A worker that is not there is a TypeError; one of another type, as a page in its
  // place, is a SecurityError, just as the browser's own refusal.
  const isRefused =
    error instanceof DOMException &&
    error.name !== 'AbortError' &&
    (await isScript(site + WORKER, load));
  return isRefused
    ? new Fault(NO_WORKER, detail)
    : new Fault(
        `The service worker of the site could not be loaded from ${base}service-worker.js: ` +
          'check the network, then reload this page.',
        detail
      );
}

async function isScript(url: string, load: Load): Promise<boolean> {
  const found = await load(url, { cache: 'no-cache' }).catch(() => null);
  const type = found?.headers.get('content-type') ?? '';
  return found?.ok === true && /javascript|ecmascript/i.test(type);
}

/** Wait for the end of the worker's installation; false if it has failed. */
function isActivated(
  worker: Pick<ServiceWorker, 'state' | 'addEventListener'>
): Promise<boolean> {
  return new Promise(resolve => {
    const check = () => {
      if (worker.state === 'activated' || worker.state === 'redundant') {
        resolve(worker.state === 'activated');
      }
    };
    worker.addEventListener('statechange', check);
    check();
  });
}
