import { wrapNative, replaceMethod } from '../replace';

export interface IServiceWorkers {
  readonly ServiceWorkerContainer: {
    readonly prototype: Pick<ServiceWorkerContainer, 'register'>;
  };
  readonly ServiceWorkerRegistration: {
    readonly prototype: Pick<ServiceWorkerRegistration, 'unregister'>;
  };
}

/**
 * Keep an app from replacing or removing the site's service worker, which serves it.
 *
 * The browser would request the app's own worker from the host, which does not have
 * it. Some apps unregister all workers to drop an older version of theirs.
 */
export function keepServiceWorker(page: IServiceWorkers): void {
  const { ServiceWorkerContainer, ServiceWorkerRegistration } = page;
  replaceMethod(ServiceWorkerContainer.prototype, 'register', native =>
    wrapNative(native, refuse)
  );
  replaceMethod(ServiceWorkerRegistration.prototype, 'unregister', native =>
    wrapNative(native, () => Promise.resolve(false))
  );
}

function refuse(): Promise<never> {
  return Promise.reject(
    new DOMException(
      'An app in JupyterLite cannot register a service worker, because the ' +
        "site's own handles its requests: run without one.",
      'NotSupportedError'
    )
  );
}
