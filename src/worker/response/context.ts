import type { IMount } from '../../mount';

/** The request that a response belongs to. */
export interface IContext {
  readonly request: Request;
  /** Where the app is mounted. */
  readonly mount: IMount;
  /** Whether the response may be for a frame within a page of another origin. */
  readonly isForeign?: boolean;
}

/**
 * One change to an app's response. It may change the headers in place, and returns
 * the response or a replacement.
 */
export type Step = (
  response: Response,
  context: IContext
) => Response | Promise<Response>;
