/** Replaces the browser's built-in functions and attributes. */

/**
 * Called instead of a native function.
 *
 * @param native - calls it with other arguments and the same `this`
 */
type Replacement = (
  native: (args: readonly unknown[]) => unknown,
  args: readonly unknown[],
  self: unknown
) => unknown;

/**
 * Replace a native method.
 *
 * @param owner - the object or prototype that defines it
 */
export function replaceMethod<O extends object>(
  owner: O,
  name: keyof O & string,
  value: Replacement
): void {
  replace(owner, name, { value });
}

/** Replace a native attribute, or only what reads it. */
export function replaceAttribute<O extends object>(
  owner: O,
  name: keyof O & string,
  accessors: Readonly<Record<'get', Replacement>> &
    Readonly<Partial<Record<'set', Replacement>>>
): void {
  replace(owner, name, accessors);
}

/** Call `initialize` with each new `XMLHttpRequest`, before its page can add listeners. */
export function onNewXhr(
  window: Window & typeof globalThis,
  initialize: (xhr: XMLHttpRequest) => void
): void {
  const native = window.XMLHttpRequest;
  const replaced = new Proxy(native, {
    construct(target, args, newTarget) {
      const xhr = Reflect.construct(target, args, newTarget) as XMLHttpRequest;
      initialize(xhr);
      return xhr;
    }
  });
  native.prototype.constructor = replaced;
  window.XMLHttpRequest = replaced;
}

/** Each function keeps its name, length and `[native code]`, the property its attributes. */
function replace(
  owner: object,
  name: string,
  replacements: Readonly<Record<string, Replacement>>
): void {
  const descriptor = { ...Object.getOwnPropertyDescriptor(owner, name) };
  const functions = Object.entries(replacements).map(([key, replacement]) => {
    const native: unknown = descriptor[key as keyof PropertyDescriptor];
    if (typeof native !== 'function') {
      throw new TypeError(
        `this browser does not define ${name} where expected`
      );
    }
    const apply = (_: unknown, self: unknown, args: unknown[]) =>
      replacement(
        given => Reflect.apply(native, self, given) as unknown,
        args,
        self
      );
    return [key, new Proxy(native, { apply })];
  });
  Object.defineProperty(owner, name, {
    ...descriptor,
    ...Object.fromEntries(functions)
  });
}
