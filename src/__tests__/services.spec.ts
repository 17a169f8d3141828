import type { Service } from '../services';
import { serviceUrl } from '../services';
import { route } from '../worker/routing/route';

const SCOPE = new URL('https://example.org/demo/');

it.each<[Service, string | undefined, string]>([
  ['version', undefined, 'asgi/-/version'],
  ['status', 'shop', 'asgi/-/status/shop'],
  ['interrupt', 'caf\u00e9 a/b', 'asgi/-/interrupt/caf%C3%A9%20a%2Fb']
])('the service %s for %s has a URL that leads to it', (service, app, url) => {
  expect(serviceUrl(service, app)).toBe(url);
  expect(route(new URL(url, SCOPE), SCOPE)).toEqual({
    kind: 'service',
    service,
    app: app ?? ''
  });
});
