import type { IContext } from './context';
import { nameDownload } from './contentDisposition';
import { allowFrame } from './frameAncestors';
import { forbidGuess } from './cacheControl';
import { encodeHeaders } from './headerEncoding';
import { inject } from '../html/inject';
import { leave } from './followRedirect';
import { leadLocation } from './redirect';
import { faultPage, reply } from '../errorPages';
import { leadRefresh } from './refresh';

/**
 * Make of an app's response, which was written for a server's reader, one that
 * browsers take from a service worker.
 *
 * @param response - the app's; its headers may be changed in place
 * @returns it, or another with its body; a page that says so if that failed
 */
export async function adapt(
  response: Response,
  asked: IContext
): Promise<Response> {
  try {
    return await change(response, asked);
  } catch (error) {
    return reply(faultPage(error), asked.request);
  }
}

async function change(response: Response, asked: IContext): Promise<Response> {
  if (response.type === 'error') {
    return response;
  }
  leadLocation(response, asked);
  const left = await leave(response, asked);
  if (left !== null) {
    return left;
  }
  leadRefresh(response.headers, asked);
  nameDownload(response.headers, asked);
  allowFrame(response.headers, asked);
  forbidGuess(response.headers, asked);
  encodeHeaders(response.headers, navigator);
  return inject(response, asked);
}
