import type { IMount } from '../../mount';

/** What was asked for. */
export interface IAsked {
  readonly request: Request;
  /** Where the app that was asked is mounted. */
  readonly mount: IMount;
}
