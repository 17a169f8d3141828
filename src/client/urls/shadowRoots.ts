import { wrapNative, replaceMethod } from '../replace';

/**
 * Call `install` with each new shadow tree, because its events may not reach the page.
 *
 * @param prototype - the prototype of the page's elements
 */
export function onAttachShadow(
  prototype: Pick<Element, 'attachShadow'>,
  install: (root: ShadowRoot) => void
): void {
  replaceMethod(prototype, 'attachShadow', native =>
    wrapNative(native, (self, args): unknown => {
      const root = Reflect.apply(native, self, args) as ShadowRoot;
      install(root);
      return root;
    })
  );
}
