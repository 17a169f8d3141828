/**
 * Derive a key with PBKDF2 (RFC 8018, section 5.2), much faster than Python does.
 *
 * @param hash - WebCrypto's name of the hash function, such as `SHA-256`
 * @param size - the size of the key, in bytes
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
