/**
 * The apps that the site publishes, by name. The build addon defines it around our script;
 * other service workers do not define it.
 */
declare const jupyterliteAsgiPublished: Readonly<
  Record<string, { readonly title: string }>
>;

/** The page with the list of the apps, in parts; see `ListParts` in `pages.py`. */
export interface IListParts {
  readonly head: string;
  /** The names of the apps and the HTML of the links to them, for an item each. */
  readonly links: readonly (readonly [name: string, link: string])[];
  readonly tail: string;
}

/** Defined beside it; null if the site publishes no apps. */
declare const jupyterliteAsgiList: IListParts | null;

/** Defined beside it: whether the site has notebooks. */
declare const jupyterliteAsgiNotebooks: boolean;

/** The list of the published apps; null if there is none. */
export function publishedList(): IListParts | null {
  return typeof jupyterliteAsgiList === 'undefined'
    ? null
    : jupyterliteAsgiList;
}

/** Whether notebooks may serve apps on the site, too. */
export function hasNotebooks(): boolean {
  return (
    typeof jupyterliteAsgiNotebooks === 'undefined' || jupyterliteAsgiNotebooks
  );
}

function apps(): typeof jupyterliteAsgiPublished {
  return typeof jupyterliteAsgiPublished === 'undefined'
    ? {}
    : jupyterliteAsgiPublished;
}

/** The title of the published app `name`; null if the site publishes none of that name. */
export function titleOf(name: string): string | null {
  return Object.hasOwn(apps(), name) ? apps()[name]!.title : null;
}

export function isPublished(name: string): boolean {
  return titleOf(name) !== null;
}
