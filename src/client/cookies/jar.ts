import {
  isExpired,
  isSecure,
  isVisible,
  pathMatches,
  type ICookie,
  type IPage,
  type ISnapshot
} from './cookie';
import { readCookie } from './read';

/** A script's write, as sent to the kernel. */
export interface IWrite {
  /** Lets the kernel apply the write once, even if it arrives by several routes. */
  readonly id: string;
  /** The URL of the page. */
  readonly url: string;
  /** The string assigned to `document.cookie`, well-formed. */
  readonly line: string;
  /** When, in milliseconds since the epoch. */
  readonly sent: number;
}

/** The most cookies, and the most unconfirmed writes: `LIMIT` in `jar.py`. */
const LIMIT = 180;

/**
 * The cookies of an app as one of its pages sees them: the last snapshot of the
 * kernel's jar, plus this page's unconfirmed writes, so that scripts read at once
 * what they wrote.
 */
export class Jar {
  /**
   * @param _root - the path where the app is mounted, without a slash at its end
   * @param _clearStorage - called with the time of the last response that cleared the storage
   */
  constructor(
    private readonly _root: string,
    private readonly _page: () => IPage,
    private readonly _post: (write: IWrite) => void,
    private readonly _clearStorage: (time: number) => void = () => undefined
  ) {}

  /** The `changes` of the last snapshot. */
  known = -1;

  /** The cookies that scripts see, in the order of `document.cookie` (RFC 6265bis, section 5.8.3). */
  visible(): ICookie[] {
    const page = this._page();
    return this._cookies
      .filter(cookie => !isExpired(cookie) && isVisible(cookie, page))
      .sort((one, other) => other.path.length - one.path.length);
  }

  /**
   * Apply an assignment to `document.cookie`, unless it must be ignored.
   *
   * @param text - lone surrogates become U+FFFD
   */
  write(text: string): void {
    const line = text.toWellFormed();
    const page = this._page();
    const sent = Date.now();
    const cookie = readCookie(line, page, this._root, sent);
    if (cookie === null || this._isShielded(cookie, page)) {
      return;
    }
    const write = { id: this._newId(), url: page.url.href, line, sent };
    this._waiting.push({ ...write, cookie });
    if (this._waiting.length > LIMIT) {
      this._confirmed = put(this._confirmed, this._waiting.shift()!.cookie);
    }
    this._cookies = put(this._cookies, cookie);
    this._post(write);
  }

  /** Make the kernel send a snapshot, as it does after every write, even an empty one. */
  requestSnapshot(): void {
    const url = this._page().url.href;
    this._post({ id: this._newId(), url, line: '', sent: Date.now() });
  }

  /** The writes that the kernel has not yet confirmed. */
  get waiting(): IWrite[] {
    return this._waiting.map(({ id, url, line, sent }) => ({
      id,
      url,
      line,
      sent
    }));
  }

  /**
   * Apply a snapshot from the kernel.
   *
   * @param carried - the ids of the writes in the request that it answers
   */
  take(
    { changes, written, cookies, cleared }: ISnapshot,
    carried: readonly string[] = []
  ): void {
    // The kernel processes writes in order.
    const last = this._waiting.findIndex(({ id }) => id === written);
    const confirmed = new Set(carried);
    this._waiting = this._waiting
      .slice(last + 1)
      .filter(({ id }) => !confirmed.has(id));
    // Responses and the channel may deliver snapshots out of order.
    if (changes > this.known) {
      this.known = changes;
      this._confirmed = cookies;
      if (cleared !== null) {
        this._clearStorage(cleared);
      }
    }
    this._cookies = this._waiting.reduce(
      (cookies, { cookie }) => put(cookies, cookie),
      this._confirmed
    );
  }

  private _newId(): string {
    this._count += 1;
    return `${this._id}-${this._count}`;
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

  private readonly _id = crypto.randomUUID();
  private _count = 0;
  private _confirmed: readonly ICookie[] = [];
  private _waiting: (IWrite & { readonly cookie: ICookie })[] = [];
  private _cookies: readonly ICookie[] = [];
}

/**
 * Set a cookie, in the position of the one that it replaces. Of too many, the first insecure
 * one goes; which one the kernel has used least recently, pages do not know.
 */
function put(cookies: readonly ICookie[], cookie: ICookie): readonly ICookie[] {
  const alive = cookies.filter(old => !isExpired(old));
  // Pages do not know domains.
  const at = alive.findIndex(
    ({ name, path }) => name === cookie.name && path === cookie.path
  );
  const added = isExpired(cookie) ? [] : [cookie];
  const all =
    at === -1 ? [...alive, ...added] : alive.toSpliced(at, 1, ...added);
  if (all.length <= LIMIT) {
    return all;
  }
  const first = all.findIndex(({ secure }) => !secure);
  return all.toSpliced(Math.max(first, 0), 1);
}
