/** The worker's own responses: pages that say what happened and what to do. */

import { PACKAGE } from '../protocol';
import type { IApp } from './routing/appDirectory';

/**
 * A page with one sentence, and links to the apps that are served.
 *
 * @param status - the HTTP status
 * @param title - what happened, in a few words
 * @param sentence - what to do about it
 * @param apps - URL paths and names to link to
 */
export function page(
  status: number,
  title: string,
  sentence: string,
  apps: readonly Pick<IApp, 'name' | 'path'>[] = []
): Response {
  const items = apps.map(
    app => `<li><a href="${escape(app.path)}">${escape(app.name)}</a></li>\n`
  );
  const list = items.length === 0 ? '' : `<ul>\n${items.join('')}</ul>\n`;
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escape(title)}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 2rem auto; max-width: 40rem; padding: 0 1rem; }
  h1 { font-size: 1.25rem; }
</style>
<h1>${escape(title)}</h1>
<p>${escape(sentence)}</p>
${list}</html>
`;
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store'
    }
  });
}

/** A response of ours as its client gets it: for HEAD without a body (RFC 9110, section 9.3.2). */
export function reply(
  response: Response,
  { method }: Pick<Request, 'method'>
): Response {
  return method === 'HEAD' ? new Response(null, response) : response;
}

/** The app's status or headers are none that a `Response` can have. */
export function invalidResponsePage(error: unknown): Response {
  const reason = error instanceof Error ? error.message : String(error);
  return page(
    502,
    'The app sent a response that no browser takes',
    `${reason}.`
  );
}

/** The kernel of `app` did not answer in time. */
export function busyPage(app: string): Response {
  return page(
    503,
    'The kernel is busy',
    `A cell keeps the kernel of ${app} from answering: wait until ` +
      'it is done or restart the kernel, then load this page again.'
  );
}

/** Our own code failed. */
export function faultPage(error: unknown): Response {
  return page(
    500,
    'The service worker failed',
    `${String(error)}: load this page again. If that does not help, report ` +
      'a bug to jupyterlite-asgi.'
  );
}

/** No known app has that name. */
export function notServedPage(name: string, apps: readonly IApp[]): Response {
  return page(
    404,
    `No app is served as ${name}`,
    apps.length > 0
      ? 'These are served now:'
      : 'No notebook of this browser serves an app now: ' +
          `run the cell with %asgi_serve, then load this page again.`,
    apps
  );
}

/** The known apps. */
export function indexPage(apps: readonly IApp[]): Response {
  return page(
    200,
    'Apps served by the notebooks of this site',
    apps.length > 0
      ? 'Each is answered by a notebook that is open in this browser.'
      : 'None now: run a cell with %asgi_serve, then load this page again.',
    apps
  );
}

/** What an instance of the worker states about itself. */
export interface IAbout {
  readonly version: string;
  readonly protocol: number;
  /** How many messages it could not read. */
  readonly dropped: number;
  /** How many requests it is waiting for or streaming. */
  readonly exchanges: number;
}

/** Which worker this is; the kernel fetches it before it serves. */
export function versionPage(about: IAbout): Response {
  return Response.json(
    { name: PACKAGE, ...about },
    { headers: { 'cache-control': 'no-store' } }
  );
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
