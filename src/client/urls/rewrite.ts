import type { IMount } from '../../mount';
import { leadBack } from '../../mount';
import { inPlaceOf, replaceMethod } from '../replace';

/** Where a URL that the page says leads in its app; null if it may stay as it is. */
export type Lead = (url: string | URL) => string | null;

/**
 * What leads the URLs of a page that knows nothing of its prefix.
 *
 * @param mount - where the app is mounted
 * @param page - the page's document: relative URLs count from its `<base>`, as
 *   they do for the browser
 * @param origin - of the site
 */
export function leadFrom(
  mount: IMount,
  page: Pick<Document, 'baseURI'>,
  origin: string
): Lead {
  return url =>
    URL.canParse(url, page.baseURI)
      ? (leadBack(new URL(url, page.baseURI), origin, mount)?.href ?? null)
      : null;
}

/** The arguments of a call, with the URL at `index` led if there is one. */
export function leadArgument(
  args: readonly unknown[],
  index: number,
  lead: Lead
): readonly unknown[] {
  const url = args[index];
  const led = typeof url === 'string' || url instanceof URL ? lead(url) : null;
  return led === null
    ? args
    : [...args.slice(0, index), led, ...args.slice(index + 1)];
}

/** Lead a URL whenever a method of the browser's gets it as the argument at `index`. */
export function leadMethod<O extends object>(
  owner: O,
  name: keyof O & string,
  index: number,
  lead: Lead
): void {
  replaceMethod(owner, name, native =>
    inPlaceOf(native, (self, args): unknown =>
      Reflect.apply(native, self, leadArgument(args, index, lead))
    )
  );
}
