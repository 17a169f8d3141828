import { appLock } from '../../protocol';

/** Something that cannot go on without its kernel. */
export interface IDependent {
  readonly ended: Promise<void>;
  abandon(): void;
}

/**
 * Notices the end of a kernel in the middle of an exchange.
 *
 * A kernel holds its app's lock as long as it serves, and the browser frees it
 * however the kernel dies: being granted the lock means that it is gone.
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
    // Shared and given back at once, so that the next kernel finds it free.
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
