/**
 * The worker's own responses, which say what happened and what to do; they look like
 * the kernel's, see `error_pages.py`.
 */

import { version } from '../_version';
import { PACKAGE, VERSION } from '../protocol';
import type { IApp } from './routing/appDirectory';

/** An item of a page's list of apps. */
export interface ILink {
  readonly path: string;
  readonly name: string;
}

/** The texts of the status lines (RFC 9110, section 15). */
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  508: 'Loop Detected'
};

/**
 * A page that says what happened, in its title, and what to do, in one sentence. It
 * links to `apps`.
 *
 * @param end - HTML at the end of the page
 */
export function page(
  status: number,
  title: string,
  sentence: string,
  apps: readonly ILink[] = [],
  end = ''
): Response {
  const items = apps.map(
    ({ path, name }) =>
      `<li><a href="${escape(path)}">${escape(name)}</a></li>\n`
  );
  const list = items.length === 0 ? '' : `<ul>\n${items.join('')}</ul>\n`;
  return htmlPage(status, title, `<p>${escape(sentence)}</p>\n${list}${end}`);
}

/** @param body - HTML that follows the title */
export function htmlPage(
  status: number,
  title: string,
  body: string,
  headers: Readonly<Record<string, string>> = {}
): Response {
  const text = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escape(title)}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 2rem auto; max-width: 40rem; padding: 0 1rem; }
  h1 { font-size: 1.25rem; }
</style>
<h1>${escape(title)}</h1>
${body}</html>
`;
  return html(status, text, headers);
}

/** @param text - a whole page */
export function html(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {}
): Response {
  return new Response(text, {
    status,
    statusText: REASONS[status] ?? '',
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      ...headers
    }
  });
}

/** Remove the body of one of our responses if it answers a HEAD (RFC 9110, section 9.3.2). */
export function reply(
  response: Response,
  { method }: Pick<Request, 'method'>
): Response {
  return method === 'HEAD' ? new Response(null, response) : response;
}

/** The app's status or headers are invalid in a `Response`. */
export function invalidResponsePage(error: unknown): Response {
  const reason = error instanceof Error ? error.message : String(error);
  return page(502, 'The app sent an invalid response', `${reason}.`);
}

/** A kernel waits for a response of `app`, which it serves itself. */
export function ownRequestPage(app: string): Response {
  return page(
    508,
    'The app was requested by its own kernel',
    `The kernel of ${app} cannot respond while it waits for this response: use ` +
      '`await server.client.get(…)`, or another client that can be awaited.'
  );
}

/** Our own code failed. */
export function faultPage(error: unknown): Response {
  return page(
    500,
    'The service worker failed',
    `${String(error)}: reload this page; if the error persists, report a ` +
      'bug to jupyterlite-asgi.'
  );
}

/** @param waiting - elements with which the page loads again by itself, or empty */
export function notServedPage(
  name: string,
  apps: readonly IApp[],
  waiting: string
): Response {
  const list = apps.length > 0 ? ' These apps are served:' : '';
  return page(
    404,
    notServed(name),
    `Run the cell that serves it with %asgi_serve, ${thenShown(waiting)}.${list}`,
    apps,
    waiting
  );
}

/** The title of a page for an app that no kernel serves. */
export function notServed(name: string): string {
  return `No app named ${name} is running`;
}

/** What follows when the app is served; see `notServedPage`. */
export function thenShown(waiting: string): string {
  return waiting === '' ? 'then reload this page' : 'and it appears here';
}

/**
 * Identifies the worker; the kernel fetches this before it serves.
 *
 * @param dropped - how many messages it dropped because it could not read them
 * @param exchanges - how many requests are waiting for a response or streaming one
 */
export function versionPage(dropped: number, exchanges: number): Response {
  return json({
    name: PACKAGE,
    version,
    protocol: VERSION,
    dropped,
    exchanges
  });
}

/** A response of the worker's own services. */
export function json(data: object): Response {
  return Response.json(data, { headers: { 'cache-control': 'no-store' } });
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
