/** Replaces the browser's built-in functions and attributes. */

/** A built-in function with any `this` and arguments. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
type Native = Function;

/**
 * Wrap a native function; the wrapper keeps its name, length and `[native code]`.
 *
 * @param apply - called instead, with `this` and the arguments
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
 * Replace a native method, keeping its property attributes.
 *
 * @param owner - the object or prototype that defines it
 * @param make - returns the replacement for the native method
 */
export function replaceMethod<O extends object>(
  owner: O,
  name: keyof O & string,
  make: (native: Native) => Native
): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (typeof descriptor?.value !== 'function') {
    throw new TypeError(`this browser does not define ${name} where expected`);
  }
  Object.defineProperty(owner, name, {
    ...descriptor,
    value: make(descriptor.value as Native)
  });
}

export interface IAttribute {
  /** Called with `this`, and a function that reads its native attribute. */
  get(self: unknown, native: () => unknown): unknown;
  /** Called with `this` and the value. */
  set(self: unknown, value: unknown): void;
}

/**
 * Replace a native attribute that scripts can read and write.
 *
 * @param owner - the object or prototype that defines it
 */
export function replaceAttribute<O extends object>(
  owner: O,
  name: keyof O & string,
  { get, set }: IAttribute
): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  const native = descriptor?.get;
  if (native === undefined || descriptor?.set === undefined) {
    throw new TypeError(`this browser does not define ${name} where expected`);
  }
  Object.defineProperty(owner, name, {
    ...descriptor,
    get: wrapNative(native, self =>
      get(self, (): unknown => Reflect.apply(native, self, []))
    ),
    set: wrapNative(descriptor.set, (self, [value]) => set(self, value))
  });
}
