/**
 * Delete the Cookie Store API from a window, because it accesses the site's own
 * cookies. Scripts that do not find it fall back to `document.cookie`.
 */
export function deleteCookieStore(window: object): void {
  for (const name of ['cookieStore', 'CookieStore', 'CookieChangeEvent']) {
    // Configurable (Web IDL, section 3.8).
    Reflect.deleteProperty(window, name);
  }
}
