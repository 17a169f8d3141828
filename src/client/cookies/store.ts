import { inPlaceOf, replaceAttribute, replaceMethod } from '../replace';
import { CookieApi } from './api';
import { differences } from './changes';
import type { ICookie } from './cookie';
import type { Jar } from './jar';

type Realm = Window & typeof globalThis;

/**
 * Make `cookieStore` that of the app, in browsers that have one and where they
 * have it, in secure contexts (WHATWG Cookie Store API).
 */
export function replaceCookieStore(window: Realm, jar: Jar): void {
  if (!('cookieStore' in window)) {
    return;
  }
  // The browser's own one tells of the site's cookies.
  const store = Object.setPrototypeOf(
    new EventTarget(),
    window.CookieStore.prototype
  ) as CookieStore;
  replaceAttribute(window, 'cookieStore', {
    get: (_, native) => {
      native(); // which throws where nobody may have it
      return store;
    }
  });
  replaceMethods(window, store, new CookieApi(jar, window.document));
  replaceHandler(window, store);
  jar.onChange = (before, after) => {
    const { changed, deleted } = differences(before, after);
    const init = {
      changed: changed.filter(cookie => jar.shows(cookie)).map(itemOf),
      deleted: deleted
        .filter(cookie => jar.shows(cookie))
        .map(cookie => ({ ...itemOf(cookie), value: undefined }))
    };
    if (init.changed.length + init.deleted.length > 0) {
      setTimeout(() => {
        store.dispatchEvent(new window.CookieChangeEvent('change', init));
      });
    }
  };
}

function replaceMethods(
  { CookieChangeEvent, CookieStore }: Realm,
  store: CookieStore,
  api: CookieApi
): void {
  const replace = (
    name: 'get' | 'getAll' | 'set' | 'delete',
    ours: (args: unknown[]) => unknown
  ) => {
    replaceMethod(CookieStore.prototype, name, native =>
      inPlaceOf(native, (self, args) =>
        self === store
          ? new Promise(resolve => resolve(ours(args)))
          : Reflect.apply(native, self, args)
      )
    );
  };
  // Browsers differ in which fields of a cookie they tell: each as it does.
  const asTold = (cookies: ICookie[]) => {
    const changed = cookies.map(itemOf);
    return [...new CookieChangeEvent('change', { changed }).changed];
  };
  replace('get', ([query]) => {
    const cookie = api.get(query);
    return cookie && asTold([cookie])[0];
  });
  replace('getAll', ([query]) => asTold(api.getAll(query)));
  replace('set', args => api.set(...args));
  replace('delete', args => api.delete(...args));
}

/** The attribute `onchange` (WHATWG HTML, section 8.1.8.1). */
function replaceHandler({ CookieStore }: Realm, store: CookieStore): void {
  let handler: unknown = null;
  const call = (event: Event) => {
    if (typeof handler === 'function') {
      Reflect.apply(handler, store, [event]);
    }
  };
  replaceAttribute(CookieStore.prototype, 'onchange', {
    get: (self, native) => (self === store ? handler : native()),
    set: (self, value) => {
      if (self !== store) {
        return;
      }
      const isKept = ['object', 'function'].includes(typeof value);
      handler = isKept ? value : null;
      store.addEventListener('change', call); // once, whatever is set
    }
  });
}

/** A cookie as the API has it. */
function itemOf(cookie: ICookie): CookieListItem {
  const { name, value, path, expires, secure, same_site: sameSite } = cookie;
  const rest = { path, expires, secure, sameSite };
  return {
    name,
    value,
    domain: null,
    ...rest,
    partitioned: false
  } as CookieListItem;
}
