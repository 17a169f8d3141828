/** The worker's own responses for published apps. */

import { mountOf, PREFIX } from '../../mount';
import { escape, page } from '../workerPages';
import { titleOf } from './apps';

/** The site at `base` has neither an app of this name nor notebooks that could serve it. */
export function noAppPage(base: string, app: string): Response {
  return page(
    404,
    `This site has no app named ${app}`,
    'The address may be misspelled, or the app is no longer published.',
    [],
    `<p><a href="${escape(base + PREFIX)}">See the apps of this site</a></p>\n`
  );
}

/** Neither the browser nor the host has the shell page of `app`. */
export function unavailablePage(app: string): Response {
  const title = titleOf(app) ?? app;
  return page(
    503,
    `${title} cannot be opened`,
    'This browser has no copy of the page, and the site cannot be reached: connect to the ' +
      'network, then reload this page.'
  );
}

/** Nobody runs `app`, and the request cannot start it. */
export function notRunningPage(app: string, scope: URL): Response {
  const title = titleOf(app) ?? app;
  const { href } = new URL(mountOf(scope.pathname, app).root, scope);
  return page(
    503,
    `${title} is not running`,
    `${title} is published, but not running: open ${href}`,
    [{ name: title, path: href }]
  );
}

/** The page that starts `app` has not succeeded within so many seconds. */
export function latePage(app: string, seconds: number): Response {
  const title = titleOf(app) ?? app;
  return page(
    503,
    `${title} did not start`,
    `${title} did not start within ${seconds} seconds: see the page that starts it, which ` +
      'says why.'
  );
}

/** Python has ended several times while it handled this request. */
export function crashedPage(app: string): Response {
  const title = titleOf(app) ?? app;
  return page(
    503,
    `${title} did not answer`,
    `Python has ended twice during this request to ${title}: it may need more memory than ` +
      'the browser allows.'
  );
}
