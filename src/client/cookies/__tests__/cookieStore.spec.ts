import { deleteCookieStore } from '../cookieStore';

const NAMES = ['CookieChangeEvent', 'CookieStore', 'cookieStore'];

/** A window with these attributes, defined as browsers do. */
function makeWindow(names: readonly string[]): object {
  const window = { document: {} };
  for (const name of names) {
    Object.defineProperty(window, name, { get: () => 1, configurable: true });
  }
  return window;
}

describe('deleteCookieStore', () => {
  it.each([[NAMES], [[]]])('deletes %j', names => {
    const window = makeWindow(names);
    deleteCookieStore(window);
    expect(Object.getOwnPropertyNames(window)).toEqual(['document']);
  });
});
