import { POSTED, type IPosted, type IPosting } from '../../published';
import { REDIRECT } from '../response/redirectInApp';
import { appAt } from '../routing/route';
import { page } from '../workerPages';

declare const self: ServiceWorkerGlobalScope;

/** Milliseconds in which the shells say whose frame posts a form. */
const PATIENCE = 1000;

/** Milliseconds in which the frame gets a response that is held for it. */
const LIFE = 10_000;

/** A response to a posted form. */
interface IHeld {
  readonly response: Response;
  /** Where the form was posted to. */
  readonly url: string;
  /** The browser's id of the page that it is for, once that is known. */
  page: string;
}

/**
 * Responses to forms that are posted in the frames of shells.
 *
 * A posted form would add an entry to the frame's history, which is lost when the shell is
 * reloaded. Therefore the frame stays at the page with the form, until the shell replaces
 * that page: by a navigation to a URL of ours, which redirects to the form's. The browser
 * gives both requests the id of the same new page, and so the response goes to no other.
 */
export class PostedForms {
  /**
   * The port to the shell whose frame posts a form by `request`; null if there is none.
   *
   * @param client - the browser's id of the new page, which a redirect keeps
   */
  shellOf(
    { method, mode, destination, url }: Request,
    client: string,
    app: string,
    scope: URL
  ): Promise<MessagePort | null> | null {
    if (method !== 'POST' || mode !== 'navigate' || destination !== 'iframe') {
      return null;
    }
    const shell = this._shells.get(client) ?? findShell(url, app, scope);
    this._shells.set(client, shell);
    return shell;
  }

  /** Let the shell show the app's response to the form, if it leads to a page of ours. */
  pass(
    response: Response,
    { url, signal }: Request,
    client: string,
    shell: MessagePort | null,
    scope: URL
  ): Response {
    const { status } = response;
    if (status === 307 || status === 308) {
      return response; // the browser posts the form again
    }
    this._shells.delete(client);
    if (shell === null || signal.aborted || !leadsToPage(response, url)) {
      shell?.close();
      return response;
    }
    const location = locationOf(response, url);
    const app = appAt(new URL(url), scope);
    if (location && app !== null && appAt(location, scope) !== app) {
      const left: IPosted = { url: location.href, form: url, isPage: false };
      shell.postMessage(left);
      void response.body?.cancel();
      return new Response(null, { status: 204 });
    }
    const token = crypto.randomUUID();
    this._held.set(token, { response, url, page: '' });
    setTimeout(() => {
      if (this._held.delete(token)) {
        void response.body?.cancel();
      }
    }, LIFE);
    const posted: IPosted = {
      url: scope.href + POSTED + token,
      form: url,
      isPage: location === null
    };
    shell.postMessage(posted);
    return new Response(null, { status: 204 });
  }

  /** Redirect the frame to where the form was posted to. */
  open(token: string, client: string): Response {
    const held = this._held.get(token);
    if (held === undefined) {
      return page(
        404,
        'The page is gone',
        'The app has received the form, but its response is lost: reload this page.'
      );
    }
    held.page = client;
    return Response.redirect(held.url, 303);
  }

  /** The response that is for the new page `client`; null if there is none. */
  take(client: string): Response | null {
    for (const [token, { response, page }] of this._held) {
      if (page !== '' && page === client) {
        this._held.delete(token);
        return response;
      }
    }
    return null;
  }

  private readonly _shells = new Map<string, Promise<MessagePort | null>>();
  private readonly _held = new Map<string, IHeld>();
}

/** Whether a page of this origin is shown because of the app's response. */
function leadsToPage(response: Response, url: string): boolean {
  const { type, status, headers } = response;
  if (type !== 'default' || status === 204 || status === 205) {
    return false;
  }
  if (REDIRECT.has(status) && headers.has('location')) {
    return locationOf(response, url)?.origin === self.origin;
  }
  return !/^\s*attachment/i.test(headers.get('content-disposition') ?? '');
}

/** Where a response redirects to; null if it does not, or to nowhere. */
function locationOf({ status, headers }: Response, url: string): URL | null {
  const location = REDIRECT.has(status) ? headers.get('location') : null;
  return location === null || !URL.canParse(location, url)
    ? null
    : new URL(location, url);
}

/**
 * Ask all shells of `app`, which are its tabs; no event says whose frame it is. If several
 * post to the same URL at once, none gets the response in its place.
 */
async function findShell(
  url: string,
  app: string,
  scope: URL
): Promise<MessagePort | null> {
  const windows = await self.clients.matchAll({ type: 'window' });
  const shells = windows.filter(
    shell =>
      shell.frameType === 'top-level' &&
      appAt(new URL(shell.url), scope) === app
  );
  const found = await Promise.all(shells.map(shell => ask(shell, url)));
  const [port = null, ...others] = found.filter(port => port !== null);
  if (others.length === 0) {
    return port;
  }
  [port, ...others].forEach(port => port?.close());
  return null;
}

/** Ask a shell whether its frame posts a form to `url`; null if it does not. */
function ask(shell: Client, url: string): Promise<MessagePort | null> {
  const { port1, port2 } = new MessageChannel();
  return new Promise(resolve => {
    const timer = setTimeout(decline, PATIENCE);
    function decline() {
      port1.close();
      resolve(null);
    }
    port1.onmessage = ({ data }: MessageEvent<boolean>) => {
      clearTimeout(timer);
      if (data) {
        resolve(port1);
      } else {
        decline();
      }
    };
    const posting: IPosting = { type: 'posting', url };
    shell.postMessage(posting, [port2]);
  });
}
