import type { IMount } from '../../mount';

/** What was asked for. */
export interface IContext {
  readonly request: Request;
  /** Where the app that was asked is mounted. */
  readonly mount: IMount;
}
