/** Shared by the specs of response steps. */

import { mountOf } from '../../mount';
import type { IContext } from '../response/context';

/** A request to the app `shop` with properties that Node.js does not set. */
export function context(
  url = 'https://example.org/demo/asgi/shop/',
  init: Partial<
    Pick<Request, 'destination' | 'method' | 'mode' | 'referrer'>
  > = {},
  isForeign = false
): IContext {
  const request = {
    url,
    method: 'GET',
    mode: 'cors',
    destination: '',
    referrer: '',
    headers: new Headers(),
    ...init
  };
  const base = new URL(url).pathname.startsWith('/asgi/') ? '/' : '/demo/';
  return {
    request: request as Request,
    mount: mountOf(base, 'shop'),
    isForeign
  };
}
