/** Reads the file name in a response's `Content-Disposition` (RFC 6266, section 4). */

/** A file name, quoted or a token; the star marks the encoding of RFC 8187. */
const NAME = /;\s*filename(\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/gi;

/** A response may state its file name in two forms; null for one that it lacks. */
export interface IFilename {
  /** Decoded as UTF-8 if valid, as browsers do. */
  readonly plain: string | null;
  /** Not decoded: charset, language and percent-encoded text (RFC 8187). */
  readonly extended: string | null;
}

/** @param disposition - the header's value, one character per byte */
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

/** Decode a header value, one character per byte: as UTF-8 if valid, else as ISO-8859-1. */
export function textOf(value: string): string {
  const bytes = Uint8Array.from(value, byte => byte.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return value;
  }
}
