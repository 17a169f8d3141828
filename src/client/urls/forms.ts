import { replaceMethod } from '../replace';
import { setTemporarily, type HasAttributes } from './attributes';
import type { Rewrite } from './rewrite';

/**
 * Rewrite the URLs of forms when they are submitted.
 *
 * @param target - the page's window, or a shadow tree, which the event does not leave
 */
export function rewriteForms(target: EventTarget, rewrite: Rewrite): void {
  const onSubmit = (event: Event) => {
    const { submitter } = event as SubmitEvent;
    rewriteAttribute(event.target as Element, 'action', rewrite);
    if (submitter !== null) {
      rewriteAttribute(submitter, 'formaction', rewrite);
    }
  };
  // Before the page can stop the event, and again in case it changed the URL.
  target.addEventListener('submit', onSubmit, true);
  target.addEventListener('submit', onSubmit);
}

/** Rewrite forms that a script submits, which dispatches no event. */
export function rewriteSubmit(
  prototype: Pick<HTMLFormElement, 'submit'>,
  rewrite: Rewrite
): void {
  replaceMethod(prototype, 'submit', (native, args, form) => {
    rewriteAttribute(form as HTMLFormElement, 'action', rewrite);
    return native(args);
  });
}

/** Uses attributes, because a field named `action` hides the property. */
function rewriteAttribute(
  element: HasAttributes,
  name: string,
  rewrite: Rewrite
): void {
  const rewritten = rewrite(element.getAttribute(name) ?? '');
  if (rewritten !== null) {
    setTemporarily(element, name, rewritten);
  }
}
