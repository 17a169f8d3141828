/**
 * How a page of the worker's finds a lab page that can help its reader: it asks on a
 * broadcast channel, lab pages that know the app offer a remedy, and it accepts one.
 */

import { PACKAGE } from './protocol';

/** `run`: run the app's notebook again; `restart`: restart its kernel. */
export type Remedy = 'run' | 'restart';

export type RemedyMessage =
  | {
      readonly type: 'ask';
      readonly app: string;
      readonly remedy: Remedy;
    }
  | {
      readonly type: 'offer' | 'accept';
      readonly app: string;
      readonly remedy: Remedy;
      /** Identifies the lab page. */
      readonly lab: string;
    };

/** The channel of the site at the path `base`. */
export function remedyChannel(base: string): string {
  return `${PACKAGE} ${base} remedies`;
}
