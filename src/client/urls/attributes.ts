export type HasAttributes = Pick<
  Element,
  'getAttribute' | 'setAttribute' | 'removeAttribute'
>;

/**
 * Set an attribute until the current event has been handled, so that the browser
 * acts on the value but the page keeps its own.
 */
export function setTemporarily(
  element: HasAttributes,
  name: string,
  value: string
): void {
  const original = element.getAttribute(name);
  element.setAttribute(name, value);
  setTimeout(() => {
    if (element.getAttribute(name) === value) {
      if (original === null) {
        element.removeAttribute(name);
      } else {
        element.setAttribute(name, original);
      }
    }
  });
}
