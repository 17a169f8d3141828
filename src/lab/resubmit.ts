/**
 * Submit a form that was submitted into another window again, into `document`'s.
 *
 * @param source - the form, or the button that submitted it
 * @param data - its fields, in order
 * @param action - the URL that they are posted to
 */
export function resubmit(
  source: Element,
  data: FormData,
  action: string,
  document: Document
): void {
  const button = source as Partial<HTMLButtonElement>;
  const form = button.form ?? (source as HTMLFormElement);
  const copy = document.createElement('form');
  copy.action = action;
  copy.method = 'post';
  copy.enctype =
    source.getAttribute('formenctype') ?? form.getAttribute('enctype') ?? '';
  copy.acceptCharset = form.getAttribute('accept-charset') ?? '';
  copy.target = '_self'; // whatever the page's `<base>` says
  copy.hidden = true;
  for (const [name, value] of data) {
    copy.append(field(document, name, value));
  }
  document.documentElement.append(copy);
  HTMLFormElement.prototype.submit.call(copy); // a field may be named `submit`
  copy.remove();
}

/** A field that is submitted as `name` and `value`. */
function field(
  document: Document,
  name: string,
  value: FormDataEntryValue
): HTMLInputElement {
  const input = document.createElement('input');
  input.name = name;
  if (typeof value === 'string') {
    input.type = 'hidden';
    input.value = value;
    return input;
  }
  input.type = 'file';
  const files = new DataTransfer();
  if (value.name !== '' || value.size > 0) {
    files.items.add(value);
  }
  input.files = files.files;
  return input;
}
