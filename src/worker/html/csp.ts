/** Content Security Policies (CSP3), as far as they decide whether an inline script runs. */

const NONCE = /^'nonce-([\w+/-]+={0,2})'$/i;
const HASH = /^'sha(?:256|384|512)-[\w+/-]+={0,2}'$/i;

interface IDirective {
  readonly name: string;
  readonly values: readonly string[];
}

/** One policy of a header. */
export class Policy {
  /** @param text - serialized (CSP3, section 2.2) */
  constructor(text: string) {
    this._parts = text.split(';');
    this._directives = this._parts.map(parseDirective);
    // What governs the elements of scripts is the first of these that there is.
    this._governing =
      this._find('script-src-elem') ??
      this._find('script-src') ??
      this._find('default-src');
  }

  /** The policies of a header's value, which several are separated by commas in. */
  static parseAll(value: string | null): Policy[] {
    return value === null ? [] : value.split(',').map(text => new Policy(text));
  }

  /** Whether it lets no script run, whatever its sources say. */
  get isSandbox(): boolean {
    const values = this._find('sandbox')?.values;
    return (
      values !== undefined &&
      !values.some(value => value.toLowerCase() === 'allow-scripts')
    );
  }

  /** The nonces by which an inline script runs. */
  get nonces(): string[] {
    return this._sources.flatMap(source => NONCE.exec(source)?.[1] ?? []);
  }

  /** Whether an inline script with this nonce runs (CSP3, sections 6.7.3.2 and 6.7.3.3). */
  lets(nonce: string | null): boolean {
    if (this._governing === null) {
      return true;
    }
    if (nonce !== null && this.nonces.includes(nonce)) {
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
   * The same policy, which lets an inline script run by its hash.
   *
   * A list that governs other things too is copied: a hash there would take
   * `'unsafe-inline'` from them.
   */
  letting(hash: string): string {
    const sources = this._sources.filter(
      source => source.toLowerCase() !== "'none'"
    );
    const rest = this._parts.filter(
      (_, index) => this._directives[index]?.name !== 'script-src-elem'
    );
    return [['script-src-elem', ...sources, hash].join(' '), ...rest]
      .map(part => part.trim())
      .filter(Boolean)
      .join('; ');
  }

  /** As it was given, without white space around it. */
  get text(): string {
    return this._parts.join(';').trim();
  }

  private get _sources(): readonly string[] {
    return this._governing?.values ?? [];
  }

  /** The first of that name, which alone counts. */
  private _find(name: string): IDirective | null {
    return this._directives.find(found => found?.name === name) ?? null;
  }

  private readonly _parts: readonly string[];
  private readonly _directives: readonly (IDirective | null)[];
  private readonly _governing: IDirective | null;
}

/** Null if it is none: empty, or not in ASCII. */
function parseDirective(text: string): IDirective | null {
  const [name, ...values] = text.split(/[\t\n\f\r ]+/).filter(Boolean);
  return name === undefined || /[\u0080-\uffff]/.test(text)
    ? null
    : { name: name.toLowerCase(), values };
}
