import { wrapNative, replaceMethod } from '../replace';

/** What a page can do to the service workers of its origin. */
export interface IServiceWorkers {
  readonly ServiceWorkerContainer: {
    readonly prototype: Pick<ServiceWorkerContainer, 'register'>;
  };
  readonly ServiceWorkerRegistration: {
    readonly prototype: Pick<ServiceWorkerRegistration, 'unregister'>;
  };
}

/**
 * Keep an app from replacing or removing the site's service worker, by which it lives.
 *
 * Its own would be looked for on the site's host, where it is not; and to remove
 * all that are found, which some apps do to be rid of an older version, would
 * remove the site's.
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
      'An app in JupyterLite has no service worker of its own, for that of ' +
        'the site answers for it: go on without.',
      'NotSupportedError'
    )
  );
}
