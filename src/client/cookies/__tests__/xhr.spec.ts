import { COOKIES_HEADER } from '../../../protocol';
import { replaceXhr } from '../xhr';
import { FakePage, snapshotHeader, PAGE, sentHeader } from './fakes';

/** The part of `XMLHttpRequest` that is replaced; `arrive` delivers the response. */
class FakeXhr extends EventTarget {
  readonly HEADERS_RECEIVED = 2;
  readyState = 0;
  responseURL = '';
  answer: string | null = snapshotHeader(1, 'a', '1');
  headers = new Headers();
  sent = 0;
  synchronous = false;

  open(method: string, url: string): void {
    new URL(url, PAGE);
    this.headers = new Headers();
    this._enter(1);
  }

  setRequestHeader(name: string, value: string): void {
    if (this.readyState !== 1 || this.sent > 0) {
      throw new Error('not now');
    }
    this.headers.append(name, value);
  }

  send(): void {
    if (this.readyState !== 1) {
      throw new Error('InvalidStateError');
    }
    this.sent += 1;
    if (this.synchronous) {
      this.responseURL = PAGE;
      this.readyState = 4; // without an event
    }
  }

  getResponseHeader(name: string): string | null {
    return name === COOKIES_HEADER ? this.answer : null;
  }

  arrive(url = PAGE, state = 2): void {
    this.responseURL = url;
    this._enter(state);
  }

  private _enter(state: number): void {
    this.readyState = state;
    this.dispatchEvent(new Event('readystatechange'));
  }
}

let page: FakePage;
let Xhr: typeof FakeXhr;

beforeEach(() => {
  page = new FakePage();
  page.jar.write('w=1; path=/');
  // A separate class, because its prototype is changed.
  const window = {
    XMLHttpRequest: class XMLHttpRequest extends FakeXhr {},
    document: { baseURI: PAGE }
  };
  const { prototype } = window.XMLHttpRequest;
  for (const name of ['open', 'send'] as const) {
    Object.defineProperty(prototype, name, {
      value: FakeXhr.prototype[name],
      configurable: true
    });
  }
  replaceXhr(window as unknown as Window & typeof globalThis, page.sync);
  Xhr = window.XMLHttpRequest;
});

describe('XMLHttpRequest', () => {
  it('sends writes, and applies the snapshot before any handler runs', () => {
    const xhr = new Xhr();
    const seen: string[] = [];
    xhr.addEventListener('readystatechange', () => {
      seen.push(`${xhr.readyState} ${page.cookie}`);
    });
    xhr.open('GET', 'api');
    xhr.send();
    expect(sentHeader(xhr.headers).writes).toEqual(page.posted);
    xhr.arrive();
    expect(seen).toEqual(['1 w=1', '2 a=1']);
    expect(page.jar.waiting).toEqual([]);
  });

  it('applies the snapshot before a synchronous request returns', () => {
    const xhr = new Xhr();
    xhr.synchronous = true;
    xhr.open('GET', 'api');
    xhr.send();
    expect(page.cookie).toBe('a=1');
  });

  it('reads the header once per response', () => {
    const xhr = new Xhr();
    for (const [changes, value] of [
      [1, '1'],
      [2, '2']
    ] as const) {
      xhr.sent = 0;
      xhr.open('GET', 'api');
      xhr.send();
      xhr.answer = snapshotHeader(changes, 'a', value);
      xhr.arrive();
      xhr.answer = snapshotHeader(9, 'a', 'never');
      xhr.arrive(PAGE, 3);
      expect(page.cookie).toBe(`a=${value}`);
    }
  });

  it.each(['https://example.com/', '../other/'])(
    'leaves a request to %s alone',
    url => {
      const xhr = new Xhr();
      xhr.open('GET', url);
      xhr.send();
      expect([...xhr.headers]).toEqual([]);
      xhr.arrive(new URL(url, PAGE).href);
      expect(page.cookie).toBe('w=1');
    }
  );

  it('throws what the browser throws', () => {
    const xhr = new Xhr();
    expect(() => xhr.send()).toThrow('InvalidStateError');
    expect(() => xhr.open('GET', 'http://[')).toThrow('Invalid URL');
    xhr.open('GET', 'api');
    xhr.sent = 1;
    xhr.send(); // which the fake allows
    xhr.arrive();
    expect(page.jar.waiting).toHaveLength(1);
  });

  it('can be extended, and is the constructor of its instances', () => {
    class Own extends Xhr {}
    const own = new Own();
    expect(own).toBeInstanceOf(Xhr);
    expect(new Xhr().constructor).toBe(Xhr);
    own.open('GET', 'api');
    own.send();
    own.arrive();
    expect(page.cookie).toBe('a=1');
  });
});
