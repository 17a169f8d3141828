/** What the build addon puts at the head of the site's service worker. */

import { handleFetch } from './handleFetch';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('fetch', handleFetch);
