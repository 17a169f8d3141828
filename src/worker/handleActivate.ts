declare const self: ServiceWorkerGlobalScope;

/**
 * On an `activate` event, control the open pages: a published app is opened before there is
 * a worker. JupyterLite's part does the same, but some sites lack it.
 */
export function handleActivate(event: ExtendableEvent): void {
  event.waitUntil(self.clients.claim());
}
