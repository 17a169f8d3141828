import { version } from '../_version';
import { appLock, VERSION } from '../protocol';
import { Exchange } from './exchange';
import { page, versionPage } from './pages';
import { Replies } from './replies';
import { route } from './route';
import { Watch } from './watch';

declare const self: ServiceWorkerGlobalScope;

/**
 * Answer a `fetch` event if it asks for something under `<scope>asgi/`.
 *
 * Any service worker can use it: `self.addEventListener('fetch', handleFetch)`.
 * It keeps nothing between two requests but the channel of this instance.
 *
 * @returns whether the event was ours; if so no other listener sees it.
 */
export function handleFetch(event: FetchEvent): boolean {
  const scope = new URL(self.registration.scope);
  const destination = route(new URL(event.request.url), scope);
  if (destination === null) {
    return false;
  }
  event.stopImmediatePropagation();
  switch (destination.kind) {
    case 'app':
      event.respondWith(
        exchange(event.request, scope.pathname, destination.name).catch(fault)
      );
      break;
    case 'slash':
      event.respondWith(
        Response.redirect(new URL(destination.location, scope), 307)
      );
      break;
    case 'index':
      event.respondWith(index(scope.pathname).catch(fault));
      break;
    case 'version':
      event.respondWith(versionPage(version, VERSION));
      break;
  }
  return true;
}

let watch: Watch | null = null;

function openWatch(base: string): Watch {
  watch ??= new Watch(base);
  return watch;
}

let replies: Promise<Replies> | null = null;

/** The channel of this instance; what failed once is tried again. */
function openReplies(base: string): Promise<Replies> {
  replies ??= Replies.open(base).catch((error: unknown) => {
    replies = null;
    throw error;
  });
  return replies;
}

async function exchange(
  request: Request,
  base: string,
  name: string
): Promise<Response> {
  const running = new Exchange(request, name, await openReplies(base));
  const response = running.run();
  // Sent first, asked beside it: the question takes as long as the answer.
  // If the question fails, the answer or its deadline comes all the same.
  servedApps(base).then(
    served => {
      if (served.includes(name)) {
        openWatch(base).add(name, running);
      } else {
        running.settle(notServed(base, name, served));
      }
    },
    () => undefined
  );
  return response;
}

function fault(error: unknown): Response {
  return page(
    500,
    'The service worker failed',
    `${String(error)}: load this page again, and if it stays so, say it to ` +
      'the developers of jupyterlite-asgi.'
  );
}

function notServed(
  base: string,
  name: string,
  served: readonly string[]
): Response {
  return page(
    404,
    `No app is served as ${name}`,
    served.length > 0
      ? 'These are served now:'
      : 'No notebook of this browser serves an app now: ' +
          `run the cell with %asgi_serve, then load this page again.`,
    links(base, served)
  );
}

async function index(base: string): Promise<Response> {
  const served = await servedApps(base);
  return page(
    200,
    'Apps served by the notebooks of this site',
    served.length > 0
      ? 'Each is answered by a notebook that is open in this browser.'
      : 'None now: run a cell with %asgi_serve, then load this page again.',
    links(base, served)
  );
}

/** The names that kernels of this site hold. */
async function servedApps(base: string): Promise<string[]> {
  const prefix = appLock(base, '');
  const { held } = await navigator.locks.query();
  return (held ?? [])
    .map(lock => lock.name ?? '')
    .filter(name => name.startsWith(prefix))
    .map(name => name.slice(prefix.length))
    .sort();
}

function links(base: string, names: readonly string[]) {
  return names.map(name => ({ name, path: `${base}asgi/${name}/` }));
}
