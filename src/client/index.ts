/**
 * The page script, which the service worker inserts as the first script of an app's
 * page. It does what only a page can do.
 */

import { guard } from './guard';
import { installCookies } from './cookies';
import { installIcons } from './icons';
import { installUrls } from './urls';
import { readConfig } from './config';
import { askOnce } from './leaving';
import { installStorage } from './storage';
import { completeUploadEvents } from './uploadEvents';

guard('the app', () => {
  const page = readConfig(document.currentScript);
  let clearStorage: (time: number) => void = () => undefined;
  guard('storage', () => {
    clearStorage = installStorage(page.mount);
  });
  guard('cookies', () => installCookies(page, clearStorage));
  guard('URLs', () => installUrls(page.mount));
  guard('upload events', () => completeUploadEvents(window, page.mount));
  guard('leaving', () => askOnce(window));
  guard('the icon', () => installIcons(page));
});
