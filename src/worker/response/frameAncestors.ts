import { escape, htmlPage } from '../workerPages';
import type { IContext } from './context';

const CSP = 'content-security-policy';

/** The destinations of frames' navigations (WHATWG Fetch). */
export const FRAMES: ReadonlySet<string> = new Set([
  'embed',
  'frame',
  'iframe',
  'object'
]);

/** The directive that restricts frames (CSP 3, section 6.4.2). */
const FRAME_ANCESTORS = /^\s*frame-ancestors(?=\s|$)/i;

/** The statuses of responses that show no page: browsers ignore these headers there. */
const NO_PAGES: ReadonlySet<number> = new Set([
  204, 205, 301, 302, 303, 307, 308
]);

/** The values of `X-Frame-Options` that browsers know (WHATWG HTML, section 7.7). */
const OPTIONS: ReadonlySet<string> = new Set(['deny', 'sameorigin']);

/**
 * Allow a page in a frame of the site although the app forbids it: apps mean to forbid
 * frames in other sites, but the panel is a frame in the page where the app was written.
 * Pages in tabs keep these headers, and so do those whose referrer is not the site's: the
 * frame may be in a page of another one.
 *
 * Where a published app is shown within a page of another origin, what forbids that gets a
 * page that says so, as browsers would show an empty frame.
 */
export function frameAncestors(
  response: Response,
  { request, mount, isForeign }: IContext
): Response {
  const { headers } = response;
  if (!FRAMES.has(request.destination) || !isOwn(request)) {
    return response;
  }
  if (isForeign) {
    if (NO_PAGES.has(response.status)) {
      return response;
    }
    if (forbidsForeign(headers)) {
      void response.body?.cancel();
      return forbiddenPage(mount.root);
    }
    allowShell(headers);
    return response;
  }
  headers.delete('x-frame-options');
  const policies = headers.get(CSP);
  if (policies === null) {
    return response;
  }
  const rest = policies.split(',').map(withoutAncestors).filter(isPolicy);
  if (rest.length > 0) {
    headers.set(CSP, rest.join(','));
  } else {
    headers.delete(CSP);
  }
  return response;
}

function isOwn({ referrer, url }: Request): boolean {
  return (
    URL.canParse(referrer) && new URL(referrer).origin === new URL(url).origin
  );
}

/** Whether the headers forbid frames within any page of another origin. */
function forbidsForeign(headers: Headers): boolean {
  const lists = ancestorsIn(headers);
  if (lists.length > 0) {
    return lists.some(sources =>
      sources.every(source => /^'(none|self)'$/i.test(source))
    );
  }
  const options = (headers.get('x-frame-options') ?? '').toLowerCase();
  return options.split(',').some(option => OPTIONS.has(option.trim()));
}

/** The sources that the first `frame-ancestors` of each policy lists. */
function ancestorsIn(headers: Headers): string[][] {
  const policies = headers.get(CSP)?.split(',') ?? [];
  return policies
    .map(policy => policy.split(';').find(part => FRAME_ANCESTORS.test(part)))
    .filter(directive => directive !== undefined)
    .map(directive => directive.trim().split(/\s+/).slice(1));
}

/** Our own page is an ancestor as well: browsers compare the other pages to the sources. */
function allowShell(headers: Headers): void {
  const policies = headers.get(CSP);
  if (policies !== null) {
    const allowed = policies.replace(
      /(^|[;,])(\s*frame-ancestors)(?=\s)/gi,
      "$1$2 'self'"
    );
    headers.set(CSP, allowed);
  }
}

function forbiddenPage(root: string): Response {
  return htmlPage(
    403,
    'This app may not be shown here',
    '<p>The app does not allow other sites to show it in a frame: open it ' +
      `<a href="${escape(root)}" target="_blank">in a tab of its own</a>.</p>\n`
  );
}

function withoutAncestors(policy: string): string {
  return policy
    .split(';')
    .filter(directive => !FRAME_ANCESTORS.test(directive))
    .join(';');
}

function isPolicy(policy: string): boolean {
  return /[^\s;]/.test(policy);
}
