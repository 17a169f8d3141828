import { appLock } from '../../protocol';

/** Something that depends on its kernel until `ended` resolves. */
export interface IDependent {
  readonly ended: Promise<void>;
  abandon(): void;
}

/**
 * Notices when a kernel dies during an exchange.
 *
 * A kernel holds its app's lock while it serves, and the browser releases the lock
 * however the kernel dies: whoever is granted the lock knows that it is gone.
 */
export class KernelMonitor {
  /** @param base - the path of the site */
  constructor(base: string) {
    this._base = base;
  }

  /** Abandon `dependent` if the kernel that serves `app` ends before it does. */
  add(app: string, dependent: IDependent): void {
    let dependents = this._dependents.get(app);
    if (dependents === undefined) {
      dependents = new Set();
      this._dependents.set(app, dependents);
      this._wait(app, dependents);
    }
    const added = dependents.add(dependent);
    void dependent.ended.then(() => added.delete(dependent));
  }

  private _wait(app: string, dependents: Set<IDependent>): void {
    // Shared and released at once, so that the next kernel can take the lock.
    const ended = () => {
      this._dependents.delete(app);
      dependents.forEach(dependent => dependent.abandon());
    };
    void navigator.locks.request(
      appLock(this._base, app),
      { mode: 'shared' },
      ended
    );
  }

  private readonly _base: string;
  private readonly _dependents = new Map<string, Set<IDependent>>();
}
