import type { IMount } from '../../mount';
import { leadBack } from '../../mount';
import { readTold } from './cookie';
import type { Jar } from './jar';

/** What a request takes along. */
export interface ICarried {
  /** The value of the header. */
  readonly value: string;
  /** The ids of the writes in it. */
  readonly writes: readonly string[];
}

/** What requests of a page tell the kernel, and what their responses tell the page. */
export class Requests {
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
   * Take what a response tells.
   *
   * @param url - where it came from: a redirect may have led to another app
   * @param read - gives the value of the header, null if there is none
   */
  take(url: string, read: () => string | null, carried: ICarried): void {
    const value = this._isOurs(url) ? read() : null;
    const told = value === null ? null : readTold(value);
    if (told !== null) {
      this._jar.take(told, carried.writes);
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
      leadBack(there, this._origin, this._mount) !== null
    );
  }

  private readonly _jar: Jar;
  private readonly _origin: string;
  private readonly _mount: IMount;
}
