/** Header values beyond ASCII: Fetch has each byte as one character. */

/** Percent-encode the bytes of a header value that are not ASCII. */
export function percentEncode(value: string): string {
  return value.replace(
    /[\x80-\xff]/g,
    byte => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`
  );
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
