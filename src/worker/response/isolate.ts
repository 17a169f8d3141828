import { REDIRECT } from './redirect';

/** What an isolated site demands of what is shown in it (WHATWG HTML, sections 7.1.3 and 7.1.4). */
interface IPolicies {
  /** The value of `Cross-Origin-Embedder-Policy`; null if there is none. */
  readonly embedder: string | null;
  /** The value of `Cross-Origin-Opener-Policy`; null if there is none. */
  readonly opener: string | null;
}

/** Milliseconds that the host has to tell. */
export const PATIENCE = 3000;

/** What browsers block in a page with an embedder policy if it has none itself. */
const EMBEDDED: ReadonlySet<string> = new Set([
  'document',
  'embed',
  'frame',
  'iframe',
  'object',
  'sharedworker',
  'worker'
]);

/** One of the policies by which a page may be isolated, and what may follow it. */
const ISOLATING = /^\s*(require-corp|credentialless)\s*(?:;|$)/;

const NONE: IPolicies = { embedder: null, opener: null };

/**
 * Let a page be shown, and a worker run, in pages of a site that is cross-origin
 * isolated: browsers take there only what says that it is isolated, too.
 *
 * What has such a policy of its own keeps it. On a site that is not isolated
 * nothing is added.
 *
 * @param response - the worker's, whoever made it; its headers are changed in place
 * @param request - what was asked for
 * @param scope - the URL of the site
 */
export async function isolate(
  response: Promise<Response>,
  { destination }: Request,
  scope: URL
): Promise<Response> {
  if (!EMBEDDED.has(destination)) {
    return response;
  }
  const [given, policies] = await Promise.all([response, policiesOf(scope)]);
  const { headers, status, type } = given;
  if (type === 'error' || REDIRECT.has(status)) {
    return given;
  }
  add(headers, 'cross-origin-embedder-policy', policies.embedder);
  if (destination === 'document') {
    add(headers, 'cross-origin-opener-policy', policies.opener);
  }
  return given;
}

function add(headers: Headers, name: string, value: string | null): void {
  if (value !== null && !headers.has(name)) {
    headers.set(name, value);
  }
}

let policies: Promise<IPolicies> | null = null;

/**
 * What the pages of the site at `scope` demand; asked of the host once, for
 * Firefox does not tell a service worker whether it is isolated.
 */
function policiesOf(scope: URL): Promise<IPolicies> {
  policies ??= readPolicies(scope).catch(() => {
    // The host is gone, and open notebooks go on. It may come again.
    policies = null;
    return NONE;
  });
  return policies;
}

async function readPolicies(scope: URL): Promise<IPolicies> {
  const { headers } = await fetch(scope, {
    method: 'HEAD',
    signal: AbortSignal.timeout(PATIENCE)
  });
  const given = headers.get('cross-origin-embedder-policy') ?? '';
  const embedder = ISOLATING.exec(given)?.[1];
  return embedder === undefined
    ? NONE
    : { embedder, opener: headers.get('cross-origin-opener-policy') };
}
