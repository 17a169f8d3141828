import { isPublished, publishedList } from './published/apps';
import type { IApp } from './routing/appDirectory';
import { escape, html, page } from './workerPages';

/** What follows the link to an app that is not published, or that a notebook has taken over. */
const NOTE = '<small>served by a notebook in this browser</small>';

/**
 * The list of the apps of the site: the static list of those that it publishes, with notes
 * and with those that only notebooks serve.
 *
 * @param served - the apps that are served now, in the order of their names
 */
export function indexPage(served: readonly IApp[]): Response {
  const list = publishedList();
  if (list === null) {
    return page(
      200,
      'Apps served by notebooks on this site',
      served.length > 0
        ? 'Each runs in a notebook that is open in this browser.'
        : 'None yet: run a cell with %asgi_serve, then reload this page.',
      served
    );
  }
  const byNotebooks = served.filter(({ isRuntime }) => !isRuntime);
  const taken = new Set(byNotebooks.map(({ name }) => name));
  const items = [
    ...list.links.map(([name, link]) => link + (taken.has(name) ? NOTE : '')),
    ...byNotebooks
      .filter(({ name }) => !isPublished(name))
      .map(app => linkTo(app) + NOTE)
  ].map(item => `<li>${item}</li>\n`);
  return html(200, list.head + items.join('') + list.tail);
}

/** Like the link to a published app without a picture, see `_link` in `pages.py`. */
function linkTo({ path, name }: IApp): string {
  const picture = `<span aria-hidden="true">${escape(name.slice(0, 1))}</span>`;
  return `<a href="${escape(path)}">${picture}${escape(name)}</a>`;
}
