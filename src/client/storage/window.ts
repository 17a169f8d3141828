import { replaceAttribute, replaceMethod } from '../replace';
import { replaceStorageEvents } from './events';
import type { Views } from './views';

export type Global = Window & typeof globalThis;

/**
 * Replace `localStorage` and `sessionStorage` in a window by the app's views.
 *
 * @param isOurs - whether the window now shows a page of the app: the browser may keep a
 *   frame's window and its objects when it replaces the empty page by another
 */
export function replaceStorage(
  window: Global,
  views: Views,
  isOurs: () => boolean
): void {
  const { prototype } = window.Storage;
  replaceMethods(prototype, views);
  for (const name of ['localStorage', 'sessionStorage'] as const) {
    replaceAttribute(window, name, {
      // Throws where a page has no storage, as in a sandbox.
      get: (native, args) => {
        const storage = native(args) as Storage;
        return isOurs() ? views.of(storage, prototype) : storage;
      }
    });
  }
  replaceStorageEvents(window, views, isOurs);
}

/** Scripts may call the methods of the prototype on a view, or replace them. */
function replaceMethods(prototype: Storage, views: Views): void {
  for (const name of ['getItem', 'setItem', 'removeItem'] as const) {
    replaceMethod(prototype, name, (native, args, self) => {
      const area = views.areaOf(self);
      return area === undefined ? native(args) : area.call(name, args);
    });
  }
  replaceMethod(prototype, 'clear', (native, args, self) => {
    const area = views.areaOf(self);
    return area === undefined ? native(args) : area.clear();
  });
  replaceMethod(prototype, 'key', (native, args, self) => {
    const area = views.areaOf(self);
    if (area === undefined || args.length === 0) {
      return native(args);
    }
    // Converts like the browser (Web IDL, section 3.2.4.6).
    return area.keys()[(args[0] as number) >>> 0] ?? null;
  });
  replaceAttribute(prototype, 'length', {
    get: (native, args, self) => {
      const area = views.areaOf(self);
      return area === undefined ? native(args) : area.keys().length;
    }
  });
}
