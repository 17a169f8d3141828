import { replaceMethod } from '../replace';

/**
 * Keep an app from replacing or removing the site's service worker, which serves it.
 *
 * The browser would request the app's own worker from the host, which does not have
 * it. Some apps unregister all workers to drop an older version of theirs.
 */
export function keepServiceWorker(
  container: Pick<ServiceWorkerContainer, 'register'>,
  registration: Pick<ServiceWorkerRegistration, 'unregister'>
): void {
  replaceMethod(container, 'register', () =>
    Promise.reject(
      new DOMException(
        'An app in JupyterLite cannot register a service worker, because the ' +
          "site's own handles its requests: run without one.",
        'NotSupportedError'
      )
    )
  );
  replaceMethod(registration, 'unregister', () => Promise.resolve(false));
}
