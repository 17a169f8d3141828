import {
  resolvingEmpty,
  rewriteArgument,
  rewriteCalls,
  type Rewrite
} from './rewrite';

/** The parts of a window that open URLs. */
export interface IOpens {
  readonly document: Pick<Document, 'baseURI'>;
  open: typeof window.open;
  Worker?: typeof Worker;
  SharedWorker?: typeof SharedWorker;
}

/** Rewrite the URLs of windows and workers that a page's scripts open. */
export function rewriteOpening(page: IOpens, rewrite: Rewrite): void {
  // An empty URL opens an empty page.
  rewriteCalls(page, 'open', 0, rewrite);
  const rewriteScript = resolvingEmpty(rewrite, page.document);
  for (const name of ['Worker', 'SharedWorker'] as const) {
    const constructor = page[name];
    if (constructor !== undefined) {
      Object.assign(page, {
        [name]: rewriteConstructor(constructor, rewriteScript)
      });
    }
  }
}

function rewriteConstructor<T extends typeof Worker | typeof SharedWorker>(
  constructor: T,
  rewrite: Rewrite
): T {
  return new Proxy(constructor, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(
        target,
        rewriteArgument(args, 0, rewrite),
        newTarget
      ) as object
  });
}
