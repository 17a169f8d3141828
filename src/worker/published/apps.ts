/**
 * The apps that the site publishes, by name. The build addon defines it around our script;
 * other service workers do not define it.
 */
declare const jupyterliteAsgiPublished: Readonly<
  Record<string, { readonly title: string }>
>;

/** Defined beside it. */
declare const jupyterliteAsgiLab: string;

/** The path of JupyterLab's page, relative to the site; empty if it has none. */
export function labPath(): string {
  return typeof jupyterliteAsgiLab === 'undefined' ? '' : jupyterliteAsgiLab;
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

/** The names and titles of the published apps, ordered by title. */
export function publishedApps(): { name: string; title: string }[] {
  return Object.entries(apps())
    .map(([name, { title }]) => ({ name, title }))
    .sort((one, other) => one.title.localeCompare(other.title));
}
