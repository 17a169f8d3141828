/**
 * Delete the Cookie Store API from a window: it reads and writes the cookies of
 * the site. Scripts that look for it find none, and use `document.cookie`.
 */
export function deleteCookieStore(window: object): void {
  for (const name of ['cookieStore', 'CookieStore', 'CookieChangeEvent']) {
    // All that the API puts on a window is configurable (Web IDL, section 3.8).
    Reflect.deleteProperty(window, name);
  }
}
