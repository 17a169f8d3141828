import { wrapNative, replaceMethod } from '../replace';
import type { HasAttributes } from './attributes';
import { setTemporarily } from './attributes';
import type { Rewrite } from './rewrite';

/**
 * Rewrite the URLs of forms that are submitted.
 *
 * @param target - the page's window, or a shadow tree, which keeps the event to itself
 */
export function rewriteForms(target: EventTarget, rewrite: Rewrite): void {
  const onSubmit = (event: Event) => {
    const { submitter } = event as SubmitEvent;
    rewriteAttribute(event.target as Element, 'action', rewrite);
    if (submitter !== null) {
      rewriteAttribute(submitter, 'formaction', rewrite);
    }
  };
  // Once before the page may stop the event, and again for what it changed.
  target.addEventListener('submit', onSubmit, true);
  target.addEventListener('submit', onSubmit);
}

/**
 * Rewrite forms that a script submits, for which no event is dispatched.
 *
 * @param prototype - that of the page's forms
 */
export function rewriteSubmit(
  prototype: Pick<HTMLFormElement, 'submit'>,
  rewrite: Rewrite
): void {
  replaceMethod(prototype, 'submit', native =>
    wrapNative(native, (form, args): unknown => {
      rewriteAttribute(form as HTMLFormElement, 'action', rewrite);
      return Reflect.apply(native, form, args);
    })
  );
}

/** Attributes, for a field that is called `action` hides the property. */
function rewriteAttribute(
  element: HasAttributes,
  name: string,
  rewrite: Rewrite
): void {
  const url = element.getAttribute(name);
  // Without one a form goes to its page.
  const rewritten = url === null || url === '' ? null : rewrite(url);
  if (rewritten !== null) {
    setTemporarily(element, name, rewritten);
  }
}
