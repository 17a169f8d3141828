/**
 * The page script, which the service worker inserts as the first script of an app's
 * page. It does what only a page can do.
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
