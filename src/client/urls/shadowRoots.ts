import { inPlaceOf, replaceMethod } from '../replace';

/**
 * Do with each shadow tree what is done with the page: what happens in it may
 * not be seen outside.
 *
 * @param prototype - that of the page's elements
 */
export function eachShadow(
  prototype: Pick<Element, 'attachShadow'>,
  install: (root: ShadowRoot) => void
): void {
  replaceMethod(prototype, 'attachShadow', native =>
    inPlaceOf(native, (self, args): unknown => {
      const root = Reflect.apply(native, self, args) as ShadowRoot;
      install(root);
      return root;
    })
  );
}
