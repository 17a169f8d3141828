/** As far as we use elements. */
export type HasAttributes = Pick<
  Element,
  'getAttribute' | 'setAttribute' | 'removeAttribute'
>;

/**
 * Give an attribute another value for as long as an event is under way: the
 * browser acts on it, and the page finds what it wrote.
 */
export function lend(
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
