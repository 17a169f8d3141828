import type { IMount } from '../prefix';
import { inject } from './inject';
import { leadLocation } from './location';

/** What was asked for. */
export interface IAsked {
  readonly request: Request;
  /** Where the app that was asked is mounted. */
  readonly mount: IMount;
}

/**
 * Make of an app's response, which was written for a server's reader, one that
 * browsers take from a service worker.
 *
 * @param response - the app's; its headers may be changed in place
 */
export async function adapt(
  response: Response,
  asked: IAsked
): Promise<Response> {
  leadLocation(response.headers, asked);
  return inject(response, asked);
}
