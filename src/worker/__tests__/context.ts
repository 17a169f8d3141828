/** What the specs of the steps of a response share. */

import { mountOf } from '../../mount';
import type { IContext } from '../response/context';

/** A request to the app `shop`, as browsers make it; Node's requests are bare. */
export function context(
  url = 'https://example.org/demo/asgi/shop/',
  init: Partial<Pick<Request, 'destination' | 'method' | 'mode'>> = {}
): IContext {
  const request = {
    url,
    method: 'GET',
    mode: 'cors',
    destination: '',
    headers: new Headers(),
    ...init
  };
  const base = new URL(url).pathname.startsWith('/asgi/') ? '/' : '/demo/';
  return { request: request as Request, mount: mountOf(base, 'shop') };
}
