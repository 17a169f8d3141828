import { mountOf } from '../../mount';
import { SAVED } from '../../protocol';
import { FRAMES } from '../response/frameAncestors';
import { isolate } from '../response/isolate';
import { ownCopy } from '../response/ownCopy';
import { isRepeatable } from '../waitingElements';
import { isPublished } from './apps';
import { stored } from './cache';
import { unavailablePage } from './pages';
import { SHELL_HEADER } from '../../published';

/** The query of a published app's URL in a frame that is to start the app. */
const EMBED = '?embed';

/** Whether a request for the app `name` is to get the shell page, whoever runs the app. */
export function isForShell(request: Request, name: string): boolean {
  if (!isPublished(name)) {
    return false;
  }
  if (!isForPage(request)) {
    return request.method === 'GET' && request.headers.has(SHELL_HEADER);
  }
  return (
    request.destination === 'document' || new URL(request.url).search === EMBED
  );
}

/** Whether the browser shows the response as a page, in a tab or in a frame. */
export function isForPage(request: Request): boolean {
  return (
    isRepeatable(request) &&
    (request.destination === 'document' || FRAMES.has(request.destination)) &&
    !request.url.endsWith(SAVED)
  );
}

/**
 * The shell page of the published app `name`: the browser's copy, else the host's.
 *
 * It needs no policies of ours, because the host has sent those of the site with it, which
 * the copy keeps. So the page does not wait for the host.
 */
export async function shellPage(
  request: Request,
  name: string,
  scope: URL
): Promise<Response> {
  const url = new URL(mountOf(scope.pathname, name).root, scope);
  const isDownload = request.headers.has(SHELL_HEADER);
  const response =
    (isDownload ? undefined : await stored(url.href, scope)) ??
    // A service worker does not intercept its own requests.
    (await fetch(url, { cache: 'no-cache' }).catch(() => undefined));
  return response === undefined
    ? isolate(Promise.resolve(unavailablePage(name)), request, scope)
    : ownCopy(response);
}
