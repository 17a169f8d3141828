import { replaceMethod } from './replace';

/** Call `install` with each new shadow tree, because its events may not reach the page. */
export function onAttachShadow(
  prototype: Pick<Element, 'attachShadow'>,
  install: (root: ShadowRoot) => void
): void {
  replaceMethod(prototype, 'attachShadow', (native, args) => {
    const root = native(args) as ShadowRoot;
    install(root);
    return root;
  });
}
