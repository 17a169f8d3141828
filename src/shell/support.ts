/** What the shell and the runtime need of the browser, and what to say where that is missing. */

/**
 * The newest APIs that decide the oldest browsers in docs/browsers.md, and those that some
 * windows lack. A browser that has them also has module workers.
 */
const NEEDED = [
  'navigator.locks',
  'caches',
  'WebAssembly',
  'DecompressionStream',
  'URL.canParse',
  'String.prototype.toWellFormed'
];

/** A page at `http://` frames the app. */
export const INSECURE_FRAME =
  'Apps need a service worker, which browsers refuse in a frame of a page at http://: ' +
  'open the app in a tab of its own.';

/** The browser has service workers, but not for this page. */
export const NO_WORKER =
  'This window allows no service worker, which apps need: allow the site to store data, ' +
  'or open it in an ordinary tab, neither private nor in a frame of another site.';

/** The browser blocks storage in a frame of another site. */
export const BLOCKED_FRAME =
  'This browser blocks storage in frames of other sites, and the app needs it: open the ' +
  'app in a tab of its own.';

/**
 * Why this browser cannot run apps; null if it can.
 *
 * @param scope - the page's `globalThis`
 */
export function whyUnsupported(scope: object, origin: string): string | null {
  if (!has(scope, 'isSecureContext')) {
    return origin.startsWith('https:')
      ? INSECURE_FRAME
      : 'Apps need a service worker, which browsers allow only at https:// and on ' +
          `localhost: open the app there instead of at ${origin}.`;
  }
  const missing = NEEDED.find(api => !has(scope, api));
  if (missing !== undefined) {
    return (
      `This browser cannot run the app, because it lacks ${missing}: use Chrome or Edge ` +
      '120, Firefox 119, Safari 17, or a later version.'
    );
  }
  return has(scope, 'navigator.serviceWorker') ? null : NO_WORKER;
}

function has(scope: object, api: string): boolean {
  let value: unknown = scope;
  try {
    for (const name of api.split('.')) {
      value = (value as Record<string, unknown>)[name];
    }
  } catch {
    return false; // also a SecurityError, in a sandboxed frame
  }
  return Boolean(value);
}
