/**
 * The page script: the first script that runs in an app's page, inserted by the
 * service worker. It does what only a page can do for its app.
 */

import { guard } from './guard';
import { installCookies } from './cookies';
import { installIcons } from './icons';
import { installUrls } from './urls';
import { readConfig } from './config';

guard('the app', () => {
  const page = readConfig(document.currentScript);
  guard('cookies', () => installCookies(page));
  guard('URLs', () => installUrls(page.mount));
  guard('the icon', () => installIcons(page));
});
