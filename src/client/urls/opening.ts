import type { Lead } from './rewrite';
import { leadArgument, leadMethod } from './rewrite';

/** What of a window we lead. */
export interface IOpens {
  open: typeof window.open;
  Worker?: typeof Worker;
  SharedWorker?: typeof SharedWorker;
}

/** Lead what a page's scripts open: windows, workers. */
export function leadOpening(page: IOpens, lead: Lead): void {
  // An empty URL is that of an empty window.
  leadMethod(page, 'open', 0, url => (url === '' ? null : lead(url)));
  for (const name of ['Worker', 'SharedWorker'] as const) {
    const constructor = page[name];
    if (constructor !== undefined) {
      Object.assign(page, { [name]: leadConstructor(constructor, lead) });
    }
  }
}

function leadConstructor<T extends typeof Worker | typeof SharedWorker>(
  constructor: T,
  lead: Lead
): T {
  return new Proxy(constructor, {
    construct: (target, args: unknown[], made) =>
      Reflect.construct(target, leadArgument(args, 0, lead), made) as object
  });
}
