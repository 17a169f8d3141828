import { replaceAttribute, replaceMethod } from '../replace';
import type { Views } from './views';
import type { Global } from './window';

type Values = 'key' | 'oldValue' | 'newValue';

/**
 * Make the `storage` events of a window those of the app (WHATWG HTML, section 12.2.4):
 * the browser's own events, which show the app's keys, without those of others.
 */
export function replaceStorageEvents(
  window: Global,
  views: Views,
  isOurs: () => boolean
): void {
  const { prototype } = window.StorageEvent;
  const { prefix, clearing } = views.keys;
  const native = (name: Values) => {
    const { get } = Object.getOwnPropertyDescriptor(prototype, name)!;
    return (event: unknown) => Reflect.apply(get!, event, []) as string | null;
  };
  const [keyOf, newValueOf] = [native('key'), native('newValue')];
  const isNative = (event: unknown) =>
    (event as StorageEvent).isTrusted && isOurs();

  const show = (
    name: Values,
    shown: (value: string | null, event: unknown) => string | null
  ) =>
    replaceAttribute(prototype, name, {
      get: (native, args, event) => {
        const value = native(args) as string | null;
        return isNative(event) ? shown(value, event) : value;
      }
    });
  // After `clear()`, an event has neither a key nor values.
  show('key', key =>
    key?.startsWith(prefix) ? key.slice(prefix.length) : null
  );
  for (const name of ['oldValue', 'newValue'] as const) {
    show(name, (value, event) => (keyOf(event) === clearing ? null : value));
  }
  replaceAttribute(prototype, 'storageArea', {
    get: (native, args) => {
      const storage = native(args) as Storage | null;
      return storage !== null && isOurs()
        ? views.of(storage, window.Storage.prototype)
        : storage;
    }
  });
  acceptViews(window, views);

  /** The areas that `clear()` is emptying. */
  const emptying = new Set<Storage | null>();
  const isSeen = (event: StorageEvent): boolean => {
    const { storageArea } = event;
    const [key, removed] = [keyOf(event), newValueOf(event) === null];
    if (key === clearing) {
      emptying[removed ? 'delete' : 'add'](storageArea);
      return !removed;
    }
    // The browser's own event without a key is about all items.
    return (
      key === null ||
      (key.startsWith(prefix) && !(removed && emptying.has(storageArea)))
    );
  };
  const onStorage = (event: Event) => {
    if (isNative(event) && !isSeen(event as StorageEvent)) {
      event.stopImmediatePropagation();
    }
  };
  const listen = () => window.addEventListener('storage', onStorage, true);
  listen();
  // This removes all listeners.
  replaceMethod(window.Document.prototype, 'open', (native, args) => {
    const opened = native(args);
    listen();
    return opened;
  });
}

/** Let scripts create events about a view, which the browser does not accept. */
function acceptViews(window: Global, views: Views): void {
  const nativeOf = (storage: unknown) =>
    views.areaOf(storage)?.native ?? storage;
  const constructor = window.StorageEvent;
  const replaced = new Proxy(constructor, {
    construct(target, [type, init, ...rest]: unknown[], newTarget) {
      const given =
        Object(init) === init
          ? new Proxy(init as StorageEventInit, {
              get: (options, name): unknown => {
                const value: unknown = Reflect.get(options, name);
                return name === 'storageArea' ? nativeOf(value) : value;
              }
            })
          : init;
      return Reflect.construct(
        target,
        [type, given, ...rest],
        newTarget
      ) as object;
    }
  });
  constructor.prototype.constructor = replaced;
  window.StorageEvent = replaced;
  replaceMethod(constructor.prototype, 'initStorageEvent', (native, args) =>
    native(args.map(nativeOf))
  );
}
