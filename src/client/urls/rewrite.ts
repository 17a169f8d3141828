import type { IMount } from '../../mount';
import { addPrefix } from '../../mount';
import { wrapNative, replaceMethod } from '../replace';

/** Maps a page's URL to one inside the app; null if it needs no change. */
export type Rewrite = (url: string | URL) => string | null;

/**
 * Make the function that rewrites the URLs of a page unaware of its prefix.
 *
 * @param page - the page's document, whose `<base>` relative URLs resolve against
 * @param origin - the site's origin
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

/** The arguments of a call, with any URL at `index` rewritten. */
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

/** Rewrite the URL that callers of a method pass as the argument at `index`. */
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
