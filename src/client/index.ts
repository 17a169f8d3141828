/**
 * The client script: the first that runs in an app's page, put there by the
 * service worker. It does what only a page can do for its app.
 */

import { attempt } from './guard';
import { installCookies } from './cookies';
import { installIcons } from './icons';
import { installLinks } from './urls';
import { takePage } from './config';

attempt('the app', () => {
  const page = takePage(document.currentScript);
  attempt('its cookies', () => installCookies(page));
  attempt('its links', () => installLinks(page.mount));
  attempt('its icon', () => installIcons(page));
});
