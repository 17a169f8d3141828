/** The code that the build addon prepends to the site's service worker. */

import { handleActivate } from './handleActivate';
import { handleFetch } from './handleFetch';
import { handleInstall } from './handleInstall';
import { leaveToBrowser } from './leaveToBrowser';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('fetch', handleFetch);
self.addEventListener('fetch', leaveToBrowser);
self.addEventListener('install', handleInstall);
self.addEventListener('activate', handleActivate);
