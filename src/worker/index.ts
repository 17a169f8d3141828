/** What the build addon puts at the head of the site's service worker. */

import { handleFetch } from './handleFetch';
import { handleInstall } from './handleInstall';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('fetch', handleFetch);
self.addEventListener('install', handleInstall);
