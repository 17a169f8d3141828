import type { ICookie } from './cookie';
import type { IInit } from './init';
import { lineOf } from './init';
import type { Jar } from './jar';

/** What is asked for (WHATWG Cookie Store API, `CookieStoreGetOptions`). */
interface IQuery {
  readonly name?: unknown;
  readonly url?: unknown;
}

/**
 * The methods of `cookieStore`, on the jar of an app (WHATWG Cookie Store API,
 * section 3). What they return and throw, the promises bring.
 */
export class CookieApi {
  /** @param document - the page's */
  constructor(jar: Jar, document: Pick<Document, 'baseURI' | 'URL'>) {
    this._jar = jar;
    this._document = document;
  }

  /** The first of that name or options, or null. */
  get(query?: unknown): ICookie | null {
    const { name, url } = queryOf(query);
    if (name === undefined && url === undefined) {
      throw new TypeError('No cookie was asked for: give a name.');
    }
    return this.getAll({ name, url })[0] ?? null;
  }

  /** All, or all of that name. */
  getAll(query?: unknown): ICookie[] {
    const { name, url } = queryOf(query);
    this._check(url);
    const cookies = this._jar.visible();
    if (name === undefined) {
      return cookies;
    }
    const asked = String(name).replace(/^[ \t]+|[ \t]+$/g, '');
    return cookies.filter(cookie => cookie.name === asked);
  }

  /** Set one, by name and value or by `CookieInit`. */
  set(...args: unknown[]): void {
    const init =
      args.length > 1 ? { name: args[0], value: args[1] } : optionsOf(args[0]);
    this._write(init as IInit);
  }

  /** Delete one, by name or by `CookieStoreDeleteOptions`. */
  delete(...args: unknown[]): void {
    const [query] = args;
    const { name, domain, path } = (
      isObject(query) || args.length === 0 ? optionsOf(query) : { name: query }
    ) as Partial<IInit>;
    // One without a name needs a value to be one.
    const value = name === '' ? 'deleted' : '';
    const sameSite = 'none';
    this._write({ name, value, domain, path, sameSite, expires: 0 } as IInit);
  }

  private _write(init: IInit): void {
    if (!this._jar.write(lineOf(init, Date.now()))) {
      throw new TypeError(
        'The cookie was not set: give it no domain but the own, and in a page ' +
          'that another site has embedded the sameSite “none”.'
      );
    }
  }

  /** A page may ask for its own cookies only (section 7.1). */
  private _check(url: unknown): void {
    const { baseURI, URL: here } = this._document;
    const withoutHash = (url: string) => url.split('#', 1)[0];
    if (
      url !== undefined &&
      withoutHash(new URL(String(url), baseURI).href) !== withoutHash(here)
    ) {
      throw new TypeError('A page may ask for its own URL only: give none.');
    }
  }

  private readonly _jar: Jar;
  private readonly _document: Pick<Document, 'baseURI' | 'URL'>;
}

function isObject(value: unknown): value is object {
  return (
    value === null || typeof value === 'object' || typeof value === 'function'
  );
}

function queryOf(query: unknown): IQuery {
  if (query === undefined || isObject(query)) {
    return query ?? {};
  }
  return { name: query };
}

function optionsOf(value: unknown): object {
  if (value !== undefined && !isObject(value)) {
    throw new TypeError('No cookie was given: give a name and a value.');
  }
  return value ?? {};
}
