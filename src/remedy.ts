/**
 * How a page of the worker's finds a lab page that can help its reader: it asks on a
 * broadcast channel, lab pages that know the app offer a remedy, it accepts one, and that
 * lab page says when it is done.
 */

import { PACKAGE } from './protocol';

/** `run`: run the app's notebook again; `restart`: restart its kernel. */
export type Remedy = 'run' | 'restart';

interface IAboutApp {
  readonly app: string;
  readonly remedy: Remedy;
}

export interface IAsk extends IAboutApp {
  readonly type: 'ask';
}

export interface IOffer extends IAboutApp {
  readonly type: 'offer' | 'accept' | 'done';
  /** Identifies the lab page. */
  readonly lab: string;
}

export type RemedyMessage = IAsk | IOffer;

/** The channel of the site at the path `base`. */
export function remedyChannel(base: string): string {
  return `${PACKAGE} ${base} remedies`;
}
