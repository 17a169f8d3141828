import { mountOf } from '../mount';
import { labPath, publishedApps } from './published/apps';
import type { IApp } from './routing/appDirectory';
import { escape, page, type ILink } from './workerPages';

/** What follows the link to an app that is not published, or that a notebook has taken over. */
const BY_NOTEBOOK = 'served by a notebook in this browser';

/**
 * The list of the apps of the site at `base`: first those that it publishes, by title, then
 * those that only notebooks serve.
 *
 * @param served - the apps that are served now, in the order of their names
 */
export function indexPage(base: string, served: readonly IApp[]): Response {
  const published = publishedApps();
  if (published.length === 0) {
    return page(
      200,
      'Apps served by notebooks on this site',
      served.length > 0
        ? 'Each runs in a notebook that is open in this browser.'
        : 'None yet: run a cell with %asgi_serve, then reload this page.',
      served
    );
  }
  const noteOf = (app: string) =>
    served.some(({ name, isRuntime }) => name === app && !isRuntime)
      ? { note: BY_NOTEBOOK }
      : {};
  const names = new Set(published.map(({ name }) => name));
  const links: ILink[] = [
    ...published.map(({ name, title }) => ({
      path: mountOf(base, name).root,
      name: title,
      ...noteOf(name)
    })),
    ...served
      .filter(({ name }) => !names.has(name))
      .map(({ name, path }) => ({ path, name, note: BY_NOTEBOOK }))
  ];
  return page(
    200,
    'Apps on this site',
    'Each runs in your browser, without a server.',
    links,
    labPath() === '' ? '' : labLink(base + labPath())
  );
}

function labLink(path: string): string {
  return `<p><a href="${escape(path)}">Open JupyterLab</a></p>\n`;
}
