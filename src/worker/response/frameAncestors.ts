import type { IContext } from './context';

/** The destinations of frames' navigations (WHATWG Fetch). */
export const FRAMES: ReadonlySet<string> = new Set([
  'embed',
  'frame',
  'iframe',
  'object'
]);

/** The directive that restricts frames (CSP 3, section 6.4.2). */
const FRAME_ANCESTORS = /^\s*frame-ancestors(?=\s|$)/i;

/**
 * Allow a page in a frame of the site although the app forbids it: apps mean to forbid
 * frames in other sites, but the panel is a frame in the page where the app was written.
 * Pages in tabs keep these headers, and so do those whose referrer is not the site's: the
 * frame may be in a page of another one.
 */
export function frameAncestors(
  response: Response,
  { request }: IContext
): Response {
  const { headers } = response;
  if (!FRAMES.has(request.destination) || !isOwn(request)) {
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

function isOwn({ referrer, url }: Request): boolean {
  return (
    URL.canParse(referrer) && new URL(referrer).origin === new URL(url).origin
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
