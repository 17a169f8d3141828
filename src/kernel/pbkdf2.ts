/**
 * Derive a key by PBKDF2 (RFC 8018, section 5.2), which the browser does much faster than Python.
 *
 * @param hash the hash function as WebCrypto names it, such as `SHA-256`
 * @param size the size of the key, in bytes
 */
export async function pbkdf2(
  hash: string,
  password: BufferSource,
  salt: BufferSource,
  iterations: number,
  size: number
): Promise<Uint8Array> {
  const { subtle } = crypto;
  const usages: KeyUsage[] = ['deriveBits'];
  const base = await subtle.importKey('raw', password, 'PBKDF2', false, usages);
  const parameters = { name: 'PBKDF2', hash, salt, iterations };
  return new Uint8Array(await subtle.deriveBits(parameters, base, 8 * size));
}
