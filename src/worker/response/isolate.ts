import { REDIRECT } from './redirectInApp';

/** The policies that isolate a site's pages (WHATWG HTML, sections 7.1.3 and 7.1.4). */
interface IPolicies {
  readonly embedder: string | null;
  readonly opener: string | null;
}

/** How many milliseconds to wait for the host. */
const TIMEOUT = 3000;

/** Destinations that an isolated site loads only if they have an embedder policy, too. */
const EMBEDDED: ReadonlySet<string> = new Set([
  'document',
  'embed',
  'frame',
  'iframe',
  'object',
  'sharedworker',
  'worker'
]);

/** An embedder policy that isolates a page, before optional parameters. */
const ISOLATING = /^\s*(require-corp|credentialless)\s*(?:;|$)/;

const NONE: IPolicies = { embedder: null, opener: null };

/**
 * Add the site's isolation policies to pages and workers, because a cross-origin isolated
 * site can load only those that have them. Existing policies are kept.
 *
 * @param response - any response of the worker; its headers are changed in place
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
 * The policies of the site at `scope`, fetched from the host once, because Firefox does
 * not tell a service worker whether it is isolated.
 */
function policiesOf(scope: URL): Promise<IPolicies> {
  policies ??= readPolicies(scope).catch(() => {
    // Open notebooks work without the host; try again at the next request.
    policies = null;
    return NONE;
  });
  return policies;
}

async function readPolicies(scope: URL): Promise<IPolicies> {
  const { headers } = await fetch(scope, {
    method: 'HEAD',
    signal: AbortSignal.timeout(TIMEOUT)
  });
  const given = headers.get('cross-origin-embedder-policy') ?? '';
  const embedder = ISOLATING.exec(given)?.[1];
  return embedder === undefined
    ? NONE
    : { embedder, opener: headers.get('cross-origin-opener-policy') };
}
