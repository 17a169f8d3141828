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
 * Let a page be shown in a frame, though the app forbids it.
 *
 * An app forbids frames of other sites; the panel is one of the very page that
 * the app was written in. In a tab of its own a page keeps these headers, as
 * all others.
 *
 * @param headers - the app's; changed in place
 */
export function allowFrame(headers: Headers, { request }: IContext): void {
  if (!FRAMES.has(request.destination)) {
    return;
  }
  headers.delete('x-frame-options');
  const policies = headers.get('content-security-policy');
  if (policies === null) {
    return;
  }
  const rest = policies.split(',').map(withoutAncestors).filter(isPolicy);
  if (rest.length > 0) {
    headers.set('content-security-policy', rest.join(','));
  } else {
    headers.delete('content-security-policy');
  }
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
