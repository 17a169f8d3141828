import { inject } from '../html/inject';
import { cacheControl } from './cacheControl';
import { contentDisposition } from './contentDisposition';
import type { IContext, Step } from './context';
import { crossOriginRedirect } from './crossOriginRedirect';
import { frameAncestors } from './frameAncestors';
import { headerEncoding } from './headerEncoding';
import { redirectInApp } from './redirectInApp';
import { refresh } from './refresh';
import { repeatedHeaders } from './repeatedHeaders';

/** Steps that read header values must come before `headerEncoding`. */
const STEPS: readonly Step[] = [
  redirectInApp,
  crossOriginRedirect,
  refresh,
  contentDisposition,
  frameAncestors,
  cacheControl,
  repeatedHeaders,
  headerEncoding,
  inject
];

/**
 * Make an app's response, written for a server, have the same effect when it comes from
 * a service worker.
 *
 * @param response - the app's; its headers may be changed in place
 * @returns the response or a replacement
 */
export async function adaptResponse(
  response: Response,
  context: IContext
): Promise<Response> {
  for (const step of STEPS) {
    // A network error, or another origin's response, is not the app's.
    if (response.type !== 'default') {
      break;
    }
    response = await step(response, context);
  }
  return response;
}
