import { PACKAGE } from '../../protocol';

/** The browser's own functions, which the page script replaces for the page's scripts. */
export class Natives {
  constructor(prototype: Storage) {
    const { getItem, setItem, removeItem, key } = prototype;
    this._methods = { getItem, setItem, removeItem, key };
    this._length = Object.getOwnPropertyDescriptor(prototype, 'length')!.get!;
  }

  call(
    name: keyof Natives['_methods'],
    storage: Storage,
    args: readonly unknown[]
  ): unknown {
    return Reflect.apply(this._methods[name], storage, args);
  }

  length(storage: Storage): number {
    return Reflect.apply(this._length, storage, []) as number;
  }

  private readonly _methods: Pick<
    Storage,
    'getItem' | 'setItem' | 'removeItem' | 'key'
  >;
  private readonly _length: () => unknown;
}

/** The keys by which an app's data are stored among those of all apps and the site. */
export interface IKeys {
  /** Comes before each of the app's keys. */
  readonly prefix: string;
  /** Exists while all of the app's data are being removed. */
  readonly clearing: string;
  /** Its value tells which `Clear-Site-Data` was the last to be obeyed. */
  readonly cleared: string;
}

/** @param root - the path where the app is mounted, which is percent-encoded */
export function keysOf(root: string): IKeys {
  return {
    prefix: `${PACKAGE} ${root} `,
    clearing: `${PACKAGE} clearing ${root}`,
    cleared: `${PACKAGE} cleared ${root}`
  };
}

/** An app's part of a storage area, which all pages of the origin share. */
export class Area {
  /** @param native - the whole area */
  constructor(
    readonly native: Storage,
    private readonly _keys: IKeys,
    private readonly _natives: Natives
  ) {}

  /** Call a method that takes a key, which may lack arguments as the page's call does. */
  call(
    name: 'getItem' | 'setItem' | 'removeItem',
    args: readonly unknown[]
  ): unknown {
    if (name !== 'getItem') {
      this._known = null;
    }
    const [key, ...rest] = args;
    const { prefix } = this._keys;
    // A symbol raises the TypeError of the conversion.
    const given =
      args.length === 0 ? [] : [prefix + `${key as string}`, ...rest];
    return this._natives.call(name, this.native, given);
  }

  /** The value of an item; null if there is none. */
  get(key: string): string | null {
    const { prefix } = this._keys;
    const value = this._natives.call('getItem', this.native, [prefix + key]);
    return value as string | null;
  }

  /** The app's keys, in the browser's order. */
  keys(): readonly string[] {
    const { prefix } = this._keys;
    const count = this._natives.length(this.native);
    // Loops over `length` and `key()` would read all keys in each round. Other pages can
    // change them only between tasks.
    if (this._known === null || this._count !== count) {
      this._count = count;
      this._known = Object.keys(this.native)
        .filter(key => key.startsWith(prefix))
        .map(key => key.slice(prefix.length));
      queueMicrotask(() => {
        this._known = null;
      });
    }
    return this._known;
  }

  /** Remove all items of the app; other pages learn of that by one event. */
  clear(): void {
    const keys = this.keys();
    if (keys.length === 0) {
      return;
    }
    const { clearing } = this._keys;
    try {
      this._natives.call('setItem', this.native, [clearing, '']);
    } catch {
      // The area is full: other pages get an event for each item.
    }
    keys.forEach(key => this.call('removeItem', [key]));
    this._natives.call('removeItem', this.native, [clearing]);
  }

  /**
   * Remove all items as a response demanded, unless another page already did.
   *
   * @param time - of the response, in milliseconds since the epoch
   */
  clearOnce(time: number): void {
    const { cleared } = this._keys;
    const last = this._natives.call('getItem', this.native, [cleared]);
    if (Number(last) < time) {
      this.clear();
      this._natives.call('setItem', this.native, [cleared, String(time)]);
    }
  }

  private _known: readonly string[] | null = null;
  private _count = 0;
}
