import type { IMount } from '../../mount';
import { addPrefix } from '../../mount';
import { readSnapshot } from './cookie';
import type { Jar } from './jar';

/** What a request takes along. */
export interface ICarried {
  /** The value of the header. */
  readonly value: string;
  /** The ids of the writes in it. */
  readonly writes: readonly string[];
}

/** Sends a page's cookies along with its requests, and takes those in the responses. */
export class CookieSync {
  /** @param origin - the site's */
  constructor(jar: Jar, origin: string, mount: IMount) {
    this._jar = jar;
    this._origin = origin;
    this._mount = mount;
  }

  /**
   * What a request takes along; null where it does not go to the app.
   *
   * @param url - the URL that is asked for, as the script gave it
   * @param base - what it counts from
   */
  carry(url: string, base?: string): ICarried | null {
    if (!this._isOurs(url, base)) {
      return null;
    }
    const { known, waiting } = this._jar;
    return {
      value: encodeURIComponent(JSON.stringify({ known, writes: waiting })),
      writes: waiting.map(({ id }) => id)
    };
  }

  /**
   * Take the snapshot of a response.
   *
   * @param url - where it came from: a redirect may have gone to another app
   * @param read - gives the value of the header, null if there is none
   */
  take(url: string, read: () => string | null, carried: ICarried): void {
    const value = this._isOurs(url) ? read() : null;
    const snapshot = value === null ? null : readSnapshot(value);
    if (snapshot !== null) {
      this._jar.take(snapshot, carried.writes);
    }
  }

  private _isOurs(url: string, base?: string): boolean {
    if (!URL.canParse(url, base)) {
      return false;
    }
    const there = new URL(url, base);
    return (
      (there.origin === this._origin &&
        there.pathname.startsWith(this._mount.root)) ||
      addPrefix(there, this._origin, this._mount) !== null
    );
  }

  private readonly _jar: Jar;
  private readonly _origin: string;
  private readonly _mount: IMount;
}
