/** The name that a response gives to its file (RFC 6266, section 4). */

/** A name, quoted or as a token; the star marks RFC 8187's. */
const NAME = /;\s*filename(\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/gi;

/** What a response says of the name, twice at most; null for what it does not say. */
export interface IFilename {
  /** In UTF-8 if it can be, as browsers read it. */
  readonly plain: string | null;
  /** As it is written: encoding, language and percent-encoded text (RFC 8187). */
  readonly extended: string | null;
}

/**
 * Read the name in a `Content-Disposition`.
 *
 * @param disposition - the value, each byte a character
 */
export function filenameIn(disposition: string): IFilename {
  const names = [...disposition.matchAll(NAME)].map(
    ([, star, quoted, token]) => ({
      isExtended: star === '*',
      value: quoted?.replace(/\\(.)/g, '$1') ?? token ?? ''
    })
  );
  const plain = names.find(name => !name.isExtended)?.value;
  return {
    plain: plain === undefined ? null : textOf(plain),
    extended: names.find(name => name.isExtended)?.value ?? null
  };
}

/** The text of a header value: UTF-8 if it can be, else ISO-8859-1, in which each byte is a character. */
export function textOf(value: string): string {
  const bytes = Uint8Array.from(value, byte => byte.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return value;
  }
}
