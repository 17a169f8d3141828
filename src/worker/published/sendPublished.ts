import type { Exchange } from '../request/exchange';
import { send, type IAppRequest } from '../request/send';
import { reply } from '../workerPages';
import { crashedPage, latePage, notRunningPage } from './pages';
import { isForPage, shellPage } from './shell';
import { HANDOVER, LIMIT, untilServed } from './untilServed';

declare const self: ServiceWorkerGlobalScope;

/** How many runtimes may end while they handle a request. */
const LOSSES = 2;

/** Why the app has not responded: nobody serves it, or who did is gone. */
type Loss = 'unserved' | 'gone';

/**
 * Send a request to a published app, and return its response. If nobody serves the app
 * yet, but a page starts it, the request waits for that.
 */
export async function sendPublished(
  sent: IAppRequest,
  scope: URL
): Promise<Response> {
  const { method } = sent.request;
  return method === 'GET' || method === 'HEAD'
    ? sendAgain(sent, scope)
    : sendOnce(sent, scope);
}

/** Send a request that has no body, and no effect; to the next runtime if one is gone. */
async function sendAgain(sent: IAppRequest, scope: URL): Promise<Response> {
  for (let losses = 0; ;) {
    const response = await attempt(sent);
    if (response instanceof Response) {
      return response;
    }
    losses += response === 'gone' ? 1 : 0;
    if (losses === LOSSES) {
      return reply(crashedPage(sent.app), sent.request);
    }
    const page = await pageUnlessServed(sent, scope, losses > 0 ? HANDOVER : 0);
    if (page !== null) {
      return page;
    }
  }
}

/** Send a request that must not run twice, once it is known that somebody runs it. */
async function sendOnce(sent: IAppRequest, scope: URL): Promise<Response> {
  return (
    (await pageUnlessServed(sent, scope)) ??
    send(sent, {
      unserved: exchange => exchange.settle(notRunningPage(sent.app, scope)),
      gone: exchange => exchange.abandon()
    })
  );
}

/** The app's response; or why it has none, before it began. */
function attempt(sent: IAppRequest): Promise<Response | Loss> {
  return new Promise((resolve, reject) => {
    const lose = (loss: Loss) => (exchange: Exchange) => {
      if (exchange.withdraw()) {
        resolve(loss);
      } else {
        exchange.abandon();
      }
    };
    const fallback = { unserved: lose('unserved'), gone: lose('gone') };
    send(sent, fallback).then(resolve, reject);
  });
}

/** Wait until the app is served; returns what to respond if that does not happen. */
async function pageUnlessServed(
  sent: IAppRequest,
  scope: URL,
  grace = 0
): Promise<Response | null> {
  const { request, base, app } = sent;
  switch (await untilServed(base, app, grace)) {
    case 'served':
      return (await isForNobody(sent)) ? Response.error() : null;
    case 'late':
      return reply(latePage(app, LIMIT), request);
    case 'idle':
      return isForPage(request)
        ? shellPage(request, app, scope)
        : reply(notRunningPage(app, scope), request);
  }
}

/** Whether the page that sent the request is gone, of which its signal may know nothing. */
async function isForNobody({ request, client }: IAppRequest): Promise<boolean> {
  if (request.signal.aborted) {
    return true;
  }
  // A new page is not there before its response.
  const isOfPage = request.mode !== 'navigate' && client !== '';
  return isOfPage && (await self.clients.get(client)) === undefined;
}
