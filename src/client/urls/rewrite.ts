import type { IMount } from '../../mount';
import { addPrefix } from '../../mount';
import { wrapNative, replaceMethod } from '../replace';

/** The URL inside the app that a page's URL stands for; null if it may stay as it is. */
export type Rewrite = (url: string | URL) => string | null;

/**
 * Make the function that rewrites the URLs of a page unaware of its prefix.
 *
 * @param mount - where the app is mounted
 * @param page - the page's document: relative URLs count from its `<base>`, as
 *   they do for the browser
 * @param origin - of the site
 */
export function rewriterFor(
  mount: IMount,
  page: Pick<Document, 'baseURI'>,
  origin: string
): Rewrite {
  return url =>
    URL.canParse(url, page.baseURI)
      ? (addPrefix(new URL(url, page.baseURI), origin, mount)?.href ?? null)
      : null;
}

/** The arguments of a call, with the URL at `index` rewritten if there is one. */
export function rewriteArgument(
  args: readonly unknown[],
  index: number,
  rewrite: Rewrite
): readonly unknown[] {
  const url = args[index];
  const rewritten =
    typeof url === 'string' || url instanceof URL ? rewrite(url) : null;
  return rewritten === null
    ? args
    : [...args.slice(0, index), rewritten, ...args.slice(index + 1)];
}

/** Rewrite the URL that calls of a method pass as the argument at `index`. */
export function rewriteCalls<O extends object>(
  owner: O,
  name: keyof O & string,
  index: number,
  rewrite: Rewrite
): void {
  replaceMethod(owner, name, native =>
    wrapNative(native, (self, args): unknown =>
      Reflect.apply(native, self, rewriteArgument(args, index, rewrite))
    )
  );
}
