/** Allows an inline script under Content Security Policies (CSP3). */

const ENFORCED = 'content-security-policy';

/** Also report-only policies, which would report the page script. */
const HEADERS = [ENFORCED, `${ENFORCED}-report-only`];

const NONCE = /^'nonce-([\w+/-]+={0,2})'$/i;
const HASH = /^'sha(?:256|384|512)-[\w+/-]+={0,2}'$/i;

interface IDirective {
  readonly text: string;
  /** In lower case; empty if the directive is empty or not ASCII. */
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * Allow one inline script under the policies of a response.
 *
 * @param headers - the response's; the hash is added to policies that no nonce satisfies
 * @param hash - returns the source expression for the script's text
 * @returns the nonce for its tag, null if it needs none; null if no script can run in the page
 */
export async function cspAllow(
  headers: Headers,
  hash: () => Promise<string>
): Promise<{ readonly nonce: string | null } | null> {
  const enforced = Policy.parseAll(headers.get(ENFORCED));
  if (enforced.some(policy => policy.isSandbox)) {
    return null;
  }
  const all = HEADERS.map(
    name => [name, Policy.parseAll(headers.get(name))] as const
  );
  const blocking = all
    .flatMap(([, policies]) => policies)
    .filter(policy => !policy.allows(null));
  const nonce = blocking.flatMap(policy => policy.nonces)[0] ?? null;
  for (const [name, policies] of all) {
    if (policies.some(policy => !policy.allows(nonce))) {
      const source = await hash();
      const texts = policies.map(policy =>
        policy.allows(nonce) ? policy.text : policy.allowing(source)
      );
      headers.set(name, texts.join(', '));
    }
  }
  return { nonce };
}

/** One policy of a header. */
export class Policy {
  /** @param text - a serialized policy (CSP3, section 2.2) */
  constructor(text: string) {
    this.text = text.trim();
    this._directives = text.split(';').map(parseDirective);
    // The first of these that exists governs script elements.
    this._governing =
      this._find('script-src-elem') ??
      this._find('script-src') ??
      this._find('default-src');
  }

  /** Parse a header's comma-separated policies. */
  static parseAll(value: string | null): Policy[] {
    return value === null ? [] : value.split(',').map(text => new Policy(text));
  }

  /** Whether its sandbox forbids scripts, regardless of sources. */
  get isSandbox(): boolean {
    const values = this._find('sandbox')?.values;
    return (
      values?.every(value => value.toLowerCase() !== 'allow-scripts') ?? false
    );
  }

  /** The nonces that allow an inline script. */
  get nonces(): string[] {
    return this._sources.flatMap(source => NONCE.exec(source)?.[1] ?? []);
  }

  /** Whether an inline script with this nonce may run (CSP3, sections 6.7.3.2 and 6.7.3.3). */
  allows(nonce: string | null): boolean {
    const hasNonce = nonce !== null && this.nonces.includes(nonce);
    if (this._governing === null || hasNonce) {
      return true;
    }
    const sources = this._sources.map(source => source.toLowerCase());
    return (
      sources.includes("'unsafe-inline'") &&
      !sources.some(
        source =>
          source === "'strict-dynamic'" ||
          NONCE.test(source) ||
          HASH.test(source)
      )
    );
  }

  /**
   * The policy with an inline script allowed by its hash. The sources are copied into
   * `script-src-elem`, because a hash in a list that also governs other things would
   * disable its `'unsafe-inline'`.
   */
  allowing(hash: string): string {
    const sources = this._sources.filter(
      source => source.toLowerCase() !== "'none'"
    );
    const rest = this._directives
      .filter(({ name }) => name !== 'script-src-elem')
      .map(({ text }) => text);
    return [['script-src-elem', ...sources, hash].join(' '), ...rest]
      .map(part => part.trim())
      .filter(Boolean)
      .join('; ');
  }

  private get _sources(): readonly string[] {
    return this._governing?.values ?? [];
  }

  /** The first directive named `name`; later ones are ignored. */
  private _find(name: string): IDirective | null {
    return this._directives.find(found => found.name === name) ?? null;
  }

  readonly text: string;
  private readonly _directives: readonly IDirective[];
  private readonly _governing: IDirective | null;
}

function parseDirective(text: string): IDirective {
  const [name = '', ...values] = text.split(/[\t\n\f\r ]+/).filter(Boolean);
  const isAscii = !/[\u0080-\uffff]/.test(text);
  return { text, name: isAscii ? name.toLowerCase() : '', values };
}
