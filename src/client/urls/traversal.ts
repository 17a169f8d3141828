import { replaceMethod } from '../replace';
import { PREFIX } from '../../mount';

/** The part of the Navigation API (WHATWG HTML) that we use; TypeScript does not declare it. */
interface INavigationEntries {
  readonly currentEntry: { readonly index: number } | null;
  entries(): readonly unknown[];
}

/** A window, as far as its history matters. */
export interface ITraversed {
  readonly parent: ITraversed;
  readonly location: Pick<Location, 'pathname'>;
  readonly navigation?: INavigationEntries;
}

/**
 * Keep `history.back()` and its like from moving JupyterLab, which shares its history
 * with the frames of apps: a panel's page that has nowhere to go stays.
 *
 * @param base - the path of the site
 */
export function keepTraversals(
  prototype: Pick<History, 'back' | 'forward' | 'go'>,
  page: ITraversed,
  base: string
): void {
  const keep = (
    name: 'back' | 'forward' | 'go',
    deltaOf: (given: unknown) => number
  ) =>
    replaceMethod(prototype, name, (native, args) =>
      leavesPanel(page, deltaOf(args[0]), base) ? undefined : native(args)
    );
  keep('back', () => -1);
  keep('forward', () => 1);
  keep('go', given => Math.trunc(Number(given ?? 0)) || 0);
}

/** Whether a step of the history would leave all frames and move the page of the site. */
function leavesPanel(page: ITraversed, delta: number, base: string): boolean {
  try {
    let window = page;
    while (window !== window.parent) {
      const { navigation } = window;
      const index = navigation?.currentEntry?.index;
      if (navigation === undefined || index === undefined) {
        return false;
      }
      const target = index + delta;
      if (target >= 0 && target < navigation.entries().length) {
        return false;
      }
      window = window.parent;
    }
    return (
      window !== page && !window.location.pathname.startsWith(base + PREFIX)
    );
  } catch {
    return false; // a page of another origin embeds this one
  }
}
