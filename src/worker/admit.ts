import { Policy } from './html/csp';

const ENFORCED = 'content-security-policy';

/** A policy that only reports would report our script. */
const HEADERS = [ENFORCED, `${ENFORCED}-report-only`];

/** By what an inline script runs under a response's policies. */
export interface IAdmission {
  /** The nonce that its tag must have; null if it needs none. */
  readonly nonce: string | null;
}

/**
 * Let an inline script run under the policies of a response, and nothing else
 * that would not run without it.
 *
 * @param headers - the response's; where no nonce helps, the hash is put there
 * @param hash - gives the source expression for the script's text
 * @returns null if no script can run in the page
 */
export async function admit(
  headers: Headers,
  hash: () => Promise<string>
): Promise<IAdmission | null> {
  const enforced = Policy.parseAll(headers.get(ENFORCED));
  if (enforced.some(policy => policy.isSandbox)) {
    return null;
  }
  const all = HEADERS.map(
    name => [name, Policy.parseAll(headers.get(name))] as const
  );
  const barring = all
    .flatMap(([, policies]) => policies)
    .filter(policy => !policy.lets(null));
  const nonce = barring.flatMap(policy => policy.nonces)[0] ?? null;
  for (const [name, policies] of all) {
    if (policies.some(policy => !policy.lets(nonce))) {
      const source = await hash();
      const texts = policies.map(policy =>
        policy.lets(nonce) ? policy.text : policy.letting(source)
      );
      headers.set(name, texts.join(', '));
    }
  }
  return { nonce };
}
