/** Join `parts`; a single one is not copied. */
export function concatenate(
  parts: readonly Uint8Array<ArrayBuffer>[]
): Uint8Array<ArrayBuffer> {
  if (parts.length === 1) {
    return parts[0]!;
  }
  const whole = new Uint8Array(
    parts.reduce((size, part) => size + part.length, 0)
  );
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
