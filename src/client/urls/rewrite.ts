import { addPrefix, type IMount } from '../../mount';
import { replaceMethod } from '../replace';

/**
 * Maps a page's URL to one inside the app; null if it needs no change, like an empty
 * one, which stands for the page itself.
 */
export type Rewrite = (url: string) => string | null;

/**
 * Make the function that rewrites the URLs of a page unaware of its prefix.
 *
 * @param page - the page's document, whose `<base>` relative URLs resolve against
 */
export function rewriterFor(
  mount: IMount,
  page: Pick<Document, 'baseURI'>,
  origin: string
): Rewrite {
  return url =>
    url !== '' && URL.canParse(url, page.baseURI)
      ? (addPrefix(new URL(url, page.baseURI), origin, mount)?.href ?? null)
      : null;
}

/** The same for a function that resolves even an empty URL, against the page's `<base>`. */
export function resolvingEmpty(
  rewrite: Rewrite,
  page: Pick<Document, 'baseURI'>
): Rewrite {
  return url => rewrite(url === '' ? page.baseURI : url);
}

/** The arguments of a call, with any URL at `index` rewritten: a string or what becomes one. */
export function rewriteArgument(
  args: readonly unknown[],
  index: number,
  rewrite: Rewrite
): readonly unknown[] {
  const url = args[index];
  const rewritten =
    url === undefined || url === null ? null : rewrite(String(url));
  return rewritten === null ? args : args.with(index, rewritten);
}

/** Rewrite the URL that callers of a method pass as the argument at `index`. */
export function rewriteCalls<O extends object>(
  owner: O,
  name: keyof O & string,
  index: number,
  rewrite: Rewrite
): void {
  replaceMethod(owner, name, (native, args) =>
    native(rewriteArgument(args, index, rewrite))
  );
}
