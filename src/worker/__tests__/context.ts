/** What the specs of the steps of `adapt` share. */

import { mountOf } from '../../mount';
import type { IContext } from '../response/context';

/** What was asked of the app `shop`, as a browser would say it; Node's requests are bare. */
export function asked(
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
