import { mountOf } from '../../mount';
import type { ITerms } from '../../protocol';
import { readTerms } from '../../protocol';
import { heldLocks, locksOfHolder, servedApps } from '../kernel/locks';

/** An app that the service worker can reach. */
export interface IApp {
  readonly name: string;
  /** The path under which it is mounted. */
  readonly path: string;
  /** Reads the terms of its kernel; null if unknown. */
  readonly terms: () => ITerms | null;
}

export interface IAppDirectory {
  /** The apps that the site serves now, ordered by name. */
  list(): Promise<readonly IApp[]>;
}

/** Finds the apps that kernels serve by the locks that the kernels hold. */
export class ServedApps implements IAppDirectory {
  /** @param base - the path of the site */
  constructor(base: string) {
    this._base = base;
  }

  async list(): Promise<readonly IApp[]> {
    const base = this._base;
    const locks = await heldLocks();
    return servedApps(base, locks).map(name => ({
      name,
      path: mountOf(base, name).root,
      terms: () => readTerms(base, name, locksOfHolder(base, name, locks))
    }));
  }

  private readonly _base: string;
}
