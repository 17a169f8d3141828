import type { IContext } from './context';

/** What a frame's navigation is for (WHATWG Fetch, request destination). */
const FRAMES: ReadonlySet<string> = new Set([
  'embed',
  'frame',
  'iframe',
  'object'
]);

/** The directive that forbids frames, as it may be written (CSP 3, section 6.4.2). */
const FRAME_ANCESTORS = /^\s*frame-ancestors(?=\s|$)/i;

/**
 * Allow a page in a frame although the app forbids it.
 *
 * An app means to forbid frames of other sites, but the panel is a frame of the
 * page in which the app was written. In a tab the page keeps these headers.
 */
export function frameAncestors(
  response: Response,
  { request }: IContext
): Response {
  const { headers } = response;
  if (!FRAMES.has(request.destination)) {
    return response;
  }
  headers.delete('x-frame-options');
  const policies = headers.get('content-security-policy');
  if (policies === null) {
    return response;
  }
  const rest = policies.split(',').map(withoutAncestors).filter(isPolicy);
  if (rest.length > 0) {
    headers.set('content-security-policy', rest.join(','));
  } else {
    headers.delete('content-security-policy');
  }
  return response;
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
