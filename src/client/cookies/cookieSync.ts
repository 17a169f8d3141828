import { reachesApp, type IMount } from '../../mount';
import { readSnapshot } from './cookie';
import type { Jar } from './jar';

/** The header that a request carries. */
export interface ICarried {
  readonly value: string;
  /** The ids of the writes in `value`. */
  readonly writes: readonly string[];
}

/** Adds a page's writes to its requests, and applies the snapshots in their responses. */
export class CookieSync {
  constructor(
    private readonly _jar: Jar,
    private readonly _origin: string,
    private readonly _mount: IMount
  ) {}

  /**
   * The header for a request; null if the request does not go to the app.
   *
   * @param url - the URL as the script passed it
   * @param base - the base URL that it is relative to
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
   * Apply the snapshot of a response.
   *
   * @param url - the response's URL: a redirect may have left the app
   * @param read - returns the value of the header, or null
   */
  take(url: string, read: () => string | null, carried: ICarried): void {
    const snapshot = this._isOurs(url) ? readSnapshot(read() ?? '') : null;
    if (snapshot !== null) {
      this._jar.take(snapshot, carried.writes);
    }
  }

  private _isOurs(url: string, base?: string): boolean {
    return (
      URL.canParse(url, base) &&
      reachesApp(new URL(url, base), this._origin, this._mount)
    );
  }
}
