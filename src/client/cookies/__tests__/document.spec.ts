import { replaceDocumentCookie } from '../document';
import { FakePage } from './fakes';

/** A document in a browser where the site has a cookie, too. */
class FakeDocument {
  #cookie = 'site=1';

  get cookie(): string {
    return this.#cookie;
  }

  set cookie(line: string) {
    this.#cookie = line;
  }
}

/** The accessor, typed so that it can be called on anything. */
function accessor(prototype: object) {
  const found = Object.getOwnPropertyDescriptor(prototype, 'cookie');
  return found as Required<Pick<PropertyDescriptor, 'get' | 'set'>>;
}

const native = { ...accessor(FakeDocument.prototype) };

let page: FakePage;
let document: FakeDocument;

beforeEach(() => {
  page = new FakePage();
  document = new FakeDocument();
  Object.defineProperty(FakeDocument.prototype, 'cookie', {
    ...native,
    configurable: true
  });
  replaceDocumentCookie(
    FakeDocument.prototype as unknown as Document,
    document as unknown as Document,
    page.jar
  );
});

describe('document.cookie', () => {
  it('reads and writes the jar of the app', () => {
    document.cookie = 'a=1; path=/';
    document.cookie = 'b';
    document.cookie = 'c=1; domain=example.com';
    expect(document.cookie).toBe('a=1; b');
    expect(page.posted.map(({ line }) => line)).toEqual(['a=1; path=/', 'b']);
    expect(native.get.call(document)).toBe('site=1');
  });

  it('converts what is written to a string', () => {
    Object.assign(document, { cookie: null });
    expect(document.cookie).toBe('null');
    expect(() => Object.assign(document, { cookie: Symbol('a') })).toThrow(
      TypeError
    );
  });

  it('is empty in any other document', () => {
    const other = new FakeDocument();
    other.cookie = 'a=1';
    expect(other.cookie).toBe('');
    expect(native.get.call(other)).toBe('site=1');
    expect(page.posted).toEqual([]);
  });

  it('throws as the browser does if `this` is not a document', () => {
    const { get } = accessor(FakeDocument.prototype);
    expect(() => get.call({}) as unknown).toThrow(TypeError);
  });

  it('looks like the native one', () => {
    const { get, set } = accessor(FakeDocument.prototype);
    expect([get.name, set.name, set.length]).toEqual([
      'get cookie',
      'set cookie',
      1
    ]);
    expect(String(get)).toContain('[native code]');
  });
});
