/**
 * The client script: the first that runs in an app's page, put there by the
 * service worker. It does what only a page can do for its app.
 */

const script = document.currentScript;
script?.remove();
