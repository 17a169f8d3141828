import { mountOf } from '../mount';
import { OWN_REQUEST_HEADER } from '../protocol';
import { indexPage } from './indexPage';
import { isPublished } from './published/apps';
import { isForForeignPage } from './published/foreign';
import { serveFile, sourceFor } from './published/files';
import { sendPublished } from './published/sendPublished';
import { PostedForms } from './published/postedForms';
import { isForShell, shellPage } from './published/shell';
import { send, unpublished } from './request/send';
import { adaptResponse } from './response';
import { isolate } from './response/isolate';
import { servedApps } from './routing/appDirectory';
import { assetFor, serveAsset } from './routing/cdnAssets';
import { ClientApps } from './routing/clientApps';
import { route, type Destination } from './routing/route';
import { rewrite, rewriteTo } from './routing/strayRequests';
import { serve } from './services';
import { faultPage, ownRequestPage, reply } from './workerPages';

declare const self: ServiceWorkerGlobalScope;

/**
 * Handle a `fetch` event for a URL under `<scope>asgi/`, for an app's URL that lacks its
 * prefix, for a file of published apps, or for a CDN's file that the site has a copy of.
 *
 * Any service worker can use it: `self.addEventListener('fetch', handleFetch)`. It keeps
 * no state between requests, but for seconds the responses to forms of published apps.
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
  const source = sourceFor(event.request, scope);
  if (source === 'browser') {
    return false;
  }
  if (source !== null) {
    event.stopImmediatePropagation();
    event.respondWith(serveFile(event.request, source, scope));
    return true;
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
const postedForms = new PostedForms();

/** The response, isolated as the site requires; never rejects. */
function respond(
  event: FetchEvent,
  destination: Destination,
  scope: URL
): Promise<Response> {
  const { request } = event;
  if (destination.kind === 'app' && isForShell(request, destination.name)) {
    return shellPage(request, destination.name, scope);
  }
  const response = answer(event, destination, scope).catch((error: unknown) =>
    reply(faultPage(error), request)
  );
  return isolate(response, request, scope);
}

async function answer(
  event: FetchEvent,
  destination: Destination,
  scope: URL
): Promise<Response> {
  const { request, resultingClientId } = event;
  switch (destination.kind) {
    case 'app':
      return appResponse(event, destination, scope);
    case 'redirect':
      // Keeps the user and the password of the URL, if it has them.
      return Response.redirect(new URL(destination.location, request.url), 307);
    case 'index':
      return reply(indexPage(await servedApps(scope.pathname)), request);
    case 'posted':
      return postedForms.open(destination.token, resultingClientId);
    case 'service': {
      const { service, app } = destination;
      return serve(service, app, request, scope.pathname);
    }
  }
}

/** The response of an app, as the browser would have it from a server. */
async function appResponse(
  { request, clientId, resultingClientId }: FetchEvent,
  { name, url }: Extract<Destination, { kind: 'app' }>,
  scope: URL
): Promise<Response> {
  if (request.headers.has(OWN_REQUEST_HEADER)) {
    return reply(ownRequestPage(name), request);
  }
  const base = scope.pathname;
  const mount = mountOf(base, name);
  const client = resultingClientId || clientId;
  const sent = { request, client, base, app: name, url };
  if (!isPublished(name)) {
    const response = await send(sent, unpublished(base, name));
    return adaptResponse(response, { request, mount, isForeign: false });
  }
  const held = postedForms.take(resultingClientId);
  if (held !== null) {
    return held;
  }
  const shell = postedForms.shellOf(request, client, name, scope);
  const response = await adaptResponse(await sendPublished(sent, scope), {
    request,
    mount,
    isForeign: await isForForeignPage(request, base, name)
  });
  return postedForms.pass(response, request, client, await shell, scope);
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
