/** As far as we use elements. */
export type HasAttributes = Pick<
  Element,
  'getAttribute' | 'setAttribute' | 'removeAttribute'
>;

/**
 * Set an attribute until the current event has been handled: the browser acts on
 * the value, and afterwards the page finds its own.
 */
export function setTemporarily(
  element: HasAttributes,
  name: string,
  value: string
): void {
  const own = element.getAttribute(name);
  element.setAttribute(name, value);
  setTimeout(() => {
    if (element.getAttribute(name) !== value) {
      return;
    }
    if (own === null) {
      element.removeAttribute(name);
    } else {
      element.setAttribute(name, own);
    }
  });
}
