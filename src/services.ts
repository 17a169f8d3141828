/** The services of the worker, at `<site>/asgi/-/`; see `worker/services.ts`. */

import { PREFIX } from './mount';

export type Service = 'version' | 'busy' | 'status' | 'interrupt';

/**
 * The URL of a service, relative to the site's.
 *
 * @param app - the name of the app that it concerns, if any
 */
export function serviceUrl(service: Service, app?: string): string {
  const path = `${PREFIX}-/${service}`;
  return app === undefined ? path : `${path}/${encodeURIComponent(app)}`;
}

/** What `status` responds. */
export interface IStatus {
  /** Whether the app's kernel cannot respond now. */
  readonly busy: boolean;
  /** What keeps it busy. */
  readonly sentence: string;
  /** Whether an interrupt may end that. */
  readonly stoppable: boolean;
  /** Whether it has been interrupted several times, and continues. */
  readonly stuck: boolean;
}

/** What `interrupt` responds. */
export interface IInterrupted {
  /** Whether the kernel knows of the interrupt. */
  readonly heard: boolean;
  /** What it interrupts, such as `GET /items`; empty if nothing runs. */
  readonly what: string;
}
