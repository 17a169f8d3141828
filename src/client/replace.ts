/** Replaces the browser's own functions and attributes. */

/** A function of the browser's, of whatever `this` and arguments. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
type Native = Function;

/**
 * Wrap a native function; the wrapper keeps its name, length and `[native code]`.
 *
 * @param native - a function of the browser's
 * @param apply - is called with `this` and the arguments instead
 */
export function wrapNative<F extends Native>(
  native: F,
  apply: (self: unknown, args: unknown[]) => unknown
): F {
  return new Proxy(native, {
    apply: (_, self: unknown, args: unknown[]) => apply(self, args)
  });
}

/**
 * Replace a method of the browser's; it stays as writable and enumerable as it is.
 *
 * @param owner - the object, or prototype, that has it
 * @param make - gets the native one
 */
export function replaceMethod<O extends object>(
  owner: O,
  name: keyof O & string,
  make: (native: Native) => Native
): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (typeof descriptor?.value !== 'function') {
    throw new TypeError(`this browser has no ${name} where it is looked for`);
  }
  Object.defineProperty(owner, name, {
    ...descriptor,
    value: make(descriptor.value as Native)
  });
}

/** What an attribute is to do. */
export interface IAttribute {
  /** Is called with `this`, and with what reads the native one of that. */
  get(self: unknown, native: () => unknown): unknown;
  /** Is called with `this` and the value. */
  set(self: unknown, value: unknown): void;
}

/**
 * Replace an attribute of the browser's that scripts may read and write.
 *
 * @param owner - the object, or prototype, that has it
 */
export function replaceAttribute<O extends object>(
  owner: O,
  name: keyof O & string,
  { get, set }: IAttribute
): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  const native = descriptor?.get;
  if (native === undefined || descriptor?.set === undefined) {
    throw new TypeError(`this browser has no ${name} where it is looked for`);
  }
  Object.defineProperty(owner, name, {
    ...descriptor,
    get: wrapNative(native, self =>
      get(self, (): unknown => Reflect.apply(native, self, []))
    ),
    set: wrapNative(descriptor.set, (self, [value]) => set(self, value))
  });
}
