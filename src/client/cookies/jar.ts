import type { ICookie, IPlace, ISnapshot } from './cookie';
import { isOver, isSame, isSecure, isVisible, pathMatches } from './cookie';
import { readCookie } from './read';

/** What a script wrote, as sent to the kernel. */
export interface IWrite {
  /** The same by whatever way it comes, so that it is taken once. */
  readonly id: string;
  /** The URL of the page. */
  readonly url: string;
  /** What was given to `document.cookie`, well-formed. */
  readonly line: string;
}

/** What a jar is made with. */
export interface IJarOptions {
  /** The path where the app is mounted, without a slash at its end. */
  readonly root: string;
  /** The page, as it is now. */
  readonly place: () => IPlace;
  /** Takes what a script wrote, to send it to the kernel. */
  readonly post: (write: IWrite) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Writes that wait for the kernel, at most: as many as its jar has cookies. */
const LIMIT = 180;

/**
 * The cookies of an app as one page of it sees them.
 *
 * The jar is the kernel's. This is its last snapshot, and on top of that what
 * scripts of this page have written and the kernel has not yet confirmed: they
 * read at once what they wrote.
 */
export class Jar {
  constructor({ root, place, post, now = Date.now }: IJarOptions) {
    this._root = root;
    this._place = place;
    this._post = post;
    this._now = now;
  }

  /** The `changes` of the last snapshot. */
  known = -1;

  /** Those that the page sees, in the order of `document.cookie` (RFC 6265bis, section 5.8.3). */
  visible(): ICookie[] {
    const place = this._place();
    const now = this._now();
    return this._cookies
      .filter(cookie => !isOver(cookie, now) && isVisible(cookie, place))
      .sort((one, other) => other.path.length - one.path.length);
  }

  /**
   * Take what a script gave to `document.cookie`, unless it is to be ignored.
   *
   * @param text - may have lone surrogates; they become U+FFFD
   */
  write(text: string): void {
    const line = wellFormed(text);
    const place = this._place();
    const cookie = readCookie(line, place, this._root, this._now());
    if (cookie === null || this._isShielded(cookie, place)) {
      return;
    }
    const write = { id: this._newId(), url: place.url.href, line };
    this._waiting.push({ ...write, cookie });
    if (this._waiting.length > LIMIT) {
      this._confirmed = put(
        this._confirmed,
        this._waiting.shift()!.cookie,
        this._now()
      );
    }
    this._merge();
    this._post(write);
  }

  /** Have the kernel tell what there is: it tells all pages after each write, be it of nothing. */
  ask(): void {
    const url = this._place().url.href;
    this._post({ id: this._newId(), url, line: '' });
  }

  /** The writes that the kernel has not yet said it has seen. */
  get waiting(): IWrite[] {
    return this._waiting.map(({ id, url, line }) => ({ id, url, line }));
  }

  /**
   * Take a snapshot from the kernel.
   *
   * @param carried - the ids of writes that came with the request which it answers
   */
  take(
    { changes, written, cookies }: ISnapshot,
    carried: readonly string[] = []
  ): void {
    this._waiting = this._waiting.filter(
      ({ id }) => id !== written && !carried.includes(id)
    );
    // Snapshots take two ways, so they may arrive in another order.
    if (changes > this.known) {
      this.known = changes;
      this._confirmed = cookies;
    }
    this._merge();
  }

  private _newId(): string {
    this._count += 1;
    return `${this._id}-${this._count}`;
  }

  private _merge(): void {
    const now = this._now();
    this._cookies = this._waiting.reduce(
      (cookies, { cookie }) => put(cookies, cookie, now),
      this._confirmed
    );
  }

  /** Whether it would hide a secure one, which no insecure page may (section 5.7, step 16). */
  private _isShielded(cookie: ICookie, { url }: IPlace): boolean {
    return (
      !isSecure(url) &&
      this._cookies.some(
        ({ secure, name, path }) =>
          secure && name === cookie.name && pathMatches(cookie.path, path)
      )
    );
  }

  // page
  private readonly _root: string;
  private readonly _place: () => IPlace;
  private readonly _post: (write: IWrite) => void;
  private readonly _now: () => number;
  private readonly _id = crypto.randomUUID();
  private _count = 0;

  // cookies
  private _confirmed: readonly ICookie[] = [];
  private _waiting: (IWrite & { readonly cookie: ICookie })[] = [];
  private _cookies: readonly ICookie[] = [];
}

/** The cookies once one more was set; it takes over the place of what it replaces. */
function put(
  cookies: readonly ICookie[],
  cookie: ICookie,
  now: number
): readonly ICookie[] {
  const alive = cookies.filter(old => !isOver(old, now));
  const at = alive.findIndex(old => isSame(old, cookie));
  const rest = isOver(cookie, now) ? [] : [cookie];
  if (at === -1) {
    return [...alive, ...rest];
  }
  return [...alive.slice(0, at), ...rest, ...alive.slice(at + 1)];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function wellFormed(text: string): string {
  return decoder.decode(encoder.encode(text));
}
