declare const self: ServiceWorkerGlobalScope;

/**
 * Keep a request from JupyterLite's worker if that would only pass it on with `fetch`.
 *
 * Firefox aborts such a response when the worker is replaced. If it was a part of
 * Pyodide, the kernel never started. JupyterLite needs what has `/api/` in its path, and
 * every GET request if its worker keeps a cache.
 */
export function leaveToBrowser(event: FetchEvent): void {
  const { searchParams } = new URL(self.location.href);
  const { pathname } = new URL(event.request.url);
  if (
    searchParams.get('enableCache') !== 'true' &&
    !pathname.includes('/api/')
  ) {
    event.stopImmediatePropagation();
  }
}
