import { mountOf } from '../mount';
import { OWN_REQUEST_HEADER } from '../protocol';
import { monitorKernel } from './kernel/kernelMonitor';
import { Exchange } from './request/exchange';
import { openChannel, openExchanges } from './request/openExchanges';
import { adaptResponse } from './response';
import { isolate } from './response/isolate';
import { servedApps } from './routing/appDirectory';
import { assetFor, serveAsset } from './routing/cdnAssets';
import { ClientApps } from './routing/clientApps';
import { route, type Destination } from './routing/route';
import { rewrite, rewriteTo } from './routing/strayRequests';
import { serve } from './services';
import {
  faultPage,
  indexPage,
  notServedPage,
  ownRequestPage,
  reply
} from './workerPages';

declare const self: ServiceWorkerGlobalScope;

/**
 * Handle a `fetch` event for a URL under `<scope>asgi/`, for an app's URL that lacks its
 * prefix, or for a CDN's file that the site has a copy of.
 *
 * Any service worker can use it: `self.addEventListener('fetch', handleFetch)`.
 * It relies on no state kept between requests.
 *
 * @returns whether the event was ours; if so, no other listener sees it
 */
export function handleFetch(event: FetchEvent): boolean {
  const scope = new URL(self.registration.scope);
  const url = new URL(event.request.url);
  const asset = assetFor(event.request, scope);
  if (asset !== null) {
    event.stopImmediatePropagation();
    event.respondWith(serveAsset(asset, event.request));
    return true;
  }
  const destination = route(url, scope);
  if (event.resultingClientId !== '') {
    const app = destination?.kind === 'app' ? destination.name : null;
    clientApps.note(event.resultingClientId, app);
  }
  const found = destination ?? rewrite(event, scope, clientApps);
  if (found === null) {
    return false;
  }
  event.stopImmediatePropagation();
  event.respondWith(
    found.kind === 'unsure'
      ? findClient(event, url, scope)
      : respond(event, found, scope)
  );
  return true;
}

const clientApps = new ClientApps();

/** The response, isolated as the site requires; never rejects. */
function respond(
  event: FetchEvent,
  destination: Destination,
  scope: URL
): Promise<Response> {
  const response = answer(event, destination, scope).catch((error: unknown) =>
    reply(faultPage(error), event.request)
  );
  return isolate(response, event.request, scope);
}

async function answer(
  event: FetchEvent,
  destination: Destination,
  scope: URL
): Promise<Response> {
  switch (destination.kind) {
    case 'app': {
      const { name, url } = destination;
      if (event.request.headers.has(OWN_REQUEST_HEADER)) {
        return reply(ownRequestPage(name), event.request);
      }
      const mount = mountOf(scope.pathname, name);
      const response = await exchange(event, scope.pathname, name, url);
      return adaptResponse(response, { request: event.request, mount });
    }
    case 'redirect':
      // Keeps the user and the password of the URL, if it has them.
      return Response.redirect(
        new URL(destination.location, event.request.url),
        307
      );
    case 'index':
      return reply(indexPage(await servedApps(scope.pathname)), event.request);
    case 'service': {
      const { service, app } = destination;
      return serve(service, app, event.request, scope.pathname);
    }
  }
}

/** Look up the client in the browser; a request that belongs to no app goes to the network. */
async function findClient(
  event: FetchEvent,
  url: URL,
  scope: URL
): Promise<Response> {
  const name = await clientApps.find(event.clientId, scope);
  const destination =
    name === null ? null : rewriteTo(name, url, scope, event.resultingClientId);
  return destination === null
    ? fetch(event.request)
    : respond(event, destination, scope);
}

async function exchange(
  event: FetchEvent,
  base: string,
  name: string,
  url: URL
): Promise<Response> {
  const client = event.resultingClientId || event.clientId;
  const kernels = await openChannel(base);
  const running = new Exchange(event.request, base, url, name, kernels, client);
  const response = running.run();
  openExchanges.add(running);
  void running.ended.then(() => openExchanges.delete(running));
  // Query the locks in parallel, because that takes as long as a response. If the query
  // fails, the exchange still ends with the response or its deadline.
  servedApps(base).then(
    apps => {
      const app = apps.find(app => app.name === name);
      if (app === undefined) {
        running.settle(notServedPage(name, apps, running.waiting()));
        return;
      }
      monitorKernel(base, name, running);
      const terms = app.terms();
      if (terms !== null) {
        running.agree(terms, app.holder);
      }
    },
    () => undefined
  );
  return response;
}
