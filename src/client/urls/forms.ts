import { inPlaceOf, replaceMethod } from '../replace';
import type { HasAttributes } from './attributes';
import { lend } from './attributes';
import type { Lead } from './rewrite';

/**
 * Lead forms that are submitted.
 *
 * @param target - the page's window, or a shadow tree, which keeps the event to itself
 */
export function leadForms(target: EventTarget, lead: Lead): void {
  const onSubmit = (event: Event) => {
    const { submitter } = event as SubmitEvent;
    leadAttribute(event.target as Element, 'action', lead);
    if (submitter !== null) {
      leadAttribute(submitter, 'formaction', lead);
    }
  };
  // Once before the page may stop the event, and again for what it changed.
  target.addEventListener('submit', onSubmit, true);
  target.addEventListener('submit', onSubmit);
}

/**
 * Lead forms that a script submits, of which no event tells.
 *
 * @param prototype - that of the page's forms
 */
export function leadSubmit(
  prototype: Pick<HTMLFormElement, 'submit'>,
  lead: Lead
): void {
  replaceMethod(prototype, 'submit', native =>
    inPlaceOf(native, (form, args): unknown => {
      leadAttribute(form as HTMLFormElement, 'action', lead);
      return Reflect.apply(native, form, args);
    })
  );
}

/** Attributes, for a field that is called `action` hides the property. */
function leadAttribute(element: HasAttributes, name: string, lead: Lead): void {
  const url = element.getAttribute(name);
  // Without one a form goes to its page.
  const led = url === null || url === '' ? null : lead(url);
  if (led !== null) {
    lend(element, name, led);
  }
}
