import type { ICookie, IPage, ISnapshot } from './cookie';
import { isExpired, isSame, isSecure, isVisible, pathMatches } from './cookie';
import { readCookie } from './read';

/** A script's write, as sent to the kernel. */
export interface IWrite {
  /** Lets the kernel apply the write once, even if it arrives by several routes. */
  readonly id: string;
  /** The URL of the page. */
  readonly url: string;
  /** The string assigned to `document.cookie`, well-formed. */
  readonly line: string;
}

export interface IJarOptions {
  /** The path where the app is mounted, without a slash at its end. */
  readonly root: string;
  /** Returns the page's current state. */
  readonly page: () => IPage;
  /** Sends a write to the kernel. */
  readonly post: (write: IWrite) => void;
  /** Returns milliseconds since the epoch. */
  readonly now?: () => number;
}

/** The most unconfirmed writes: as many as the kernel's jar can hold cookies. */
const LIMIT = 180;

/**
 * The cookies of an app as one of its pages sees them: the last snapshot of the
 * kernel's jar, plus this page's unconfirmed writes, so that scripts read at once
 * what they wrote.
 */
export class Jar {
  constructor({ root, page, post, now = Date.now }: IJarOptions) {
    this._root = root;
    this._page = page;
    this._post = post;
    this._now = now;
  }

  /** The `changes` of the last snapshot. */
  known = -1;

  /** The cookies that scripts see, in the order of `document.cookie` (RFC 6265bis, section 5.8.3). */
  visible(): ICookie[] {
    const page = this._page();
    const now = this._now();
    return this._cookies
      .filter(cookie => !isExpired(cookie, now) && isVisible(cookie, page))
      .sort((one, other) => other.path.length - one.path.length);
  }

  /**
   * Apply an assignment to `document.cookie`, unless it must be ignored.
   *
   * @param text - lone surrogates become U+FFFD
   */
  write(text: string): void {
    const line = wellFormed(text);
    const page = this._page();
    const cookie = readCookie(line, page, this._root, this._now());
    if (cookie === null || this._isShielded(cookie, page)) {
      return;
    }
    const write = { id: this._newId(), url: page.url.href, line };
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

  /** Make the kernel send a snapshot, as it does after every write, even an empty one. */
  requestSnapshot(): void {
    const url = this._page().url.href;
    this._post({ id: this._newId(), url, line: '' });
  }

  /** The writes that the kernel has not yet confirmed. */
  get waiting(): IWrite[] {
    return this._waiting.map(({ id, url, line }) => ({ id, url, line }));
  }

  /**
   * Apply a snapshot from the kernel.
   *
   * @param carried - the ids of the writes in the request that it answers
   */
  take(
    { changes, written, cookies }: ISnapshot,
    carried: readonly string[] = []
  ): void {
    this._waiting = this._waiting.filter(
      ({ id }) => id !== written && !carried.includes(id)
    );
    // Responses and the channel may deliver snapshots out of order.
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

  /** Whether an insecure page's cookie would hide a secure one (section 5.7, step 16). */
  private _isShielded(cookie: ICookie, { url }: IPage): boolean {
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
  private readonly _page: () => IPage;
  private readonly _post: (write: IWrite) => void;
  private readonly _now: () => number;
  private readonly _id = crypto.randomUUID();
  private _count = 0;

  // cookies
  private _confirmed: readonly ICookie[] = [];
  private _waiting: (IWrite & { readonly cookie: ICookie })[] = [];
  private _cookies: readonly ICookie[] = [];
}

/** Set a cookie, in the position of the one that it replaces. */
function put(
  cookies: readonly ICookie[],
  cookie: ICookie,
  now: number
): readonly ICookie[] {
  const alive = cookies.filter(old => !isExpired(old, now));
  const at = alive.findIndex(old => isSame(old, cookie));
  const rest = isExpired(cookie, now) ? [] : [cookie];
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
