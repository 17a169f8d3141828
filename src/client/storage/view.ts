import type { Area } from './area';

/**
 * What a page's scripts get as `localStorage` or `sessionStorage`: an object that has
 * the items of the app as properties (WHATWG HTML, section 12.2.1; Web IDL, section 3.9).
 *
 * @param prototype - the window's `Storage.prototype`
 * @param replaceable - whether a script can replace what an area inherits, as in Chromium:
 *   `localStorage.getItem = …` sets a property there, and an item elsewhere
 */
export function createView(
  area: Area,
  prototype: Storage,
  replaceable: boolean
): Storage {
  // Has the properties that are no items.
  const target = Object.create(prototype) as Storage;
  const mayBeItem = (key: PropertyKey): key is string =>
    typeof key === 'string' && !(key in target);
  const becomesItem = (key: PropertyKey): key is string =>
    mayBeItem(key) ||
    (!replaceable && typeof key === 'string' && !hasAccessor(target, key));
  const view: Storage = new Proxy(target, {
    get: (_, key, receiver): unknown =>
      mayBeItem(key)
        ? (area.get(key) ?? undefined)
        : Reflect.get(target, key, receiver),
    has: (_, key) => !mayBeItem(key) || area.get(key) !== null,
    set(_, key, value, receiver) {
      if (receiver !== view || !becomesItem(key)) {
        return Reflect.set(target, key, value, receiver);
      }
      area.call('setItem', [key, value]);
      return true;
    },
    deleteProperty(_, key) {
      if (!mayBeItem(key)) {
        return Reflect.deleteProperty(target, key);
      }
      area.call('removeItem', [key]);
      return true;
    },
    defineProperty(_, key, descriptor) {
      if (
        !mayBeItem(key) &&
        (replaceable || typeof key !== 'string' || Object.hasOwn(target, key))
      ) {
        return Reflect.defineProperty(target, key, descriptor);
      }
      if (!('value' in descriptor)) {
        return false;
      }
      area.call('setItem', [key, descriptor.value]);
      return true;
    },
    getOwnPropertyDescriptor(_, key) {
      const value = mayBeItem(key) ? area.get(key) : null;
      return value === null
        ? Reflect.getOwnPropertyDescriptor(target, key)
        : { value, writable: true, enumerable: true, configurable: true };
    },
    ownKeys() {
      const others = Reflect.ownKeys(target);
      const items = area.keys().filter(mayBeItem);
      return replaceable ? [...others, ...items] : [...items, ...others];
    },
    preventExtensions: () => false
  });
  return view;
}

/** Whether the property is one with a getter or setter. */
function hasAccessor(object: object, key: string): boolean {
  for (
    let owner: object | null = object;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    const found = Object.getOwnPropertyDescriptor(owner, key);
    if (found !== undefined) {
      return !('value' in found);
    }
  }
  return false;
}
