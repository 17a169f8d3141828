const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;

/** The parts of a date, in the order in which to try each token. */
const PARTS: readonly (readonly [string, RegExp])[] = [
  ['time', /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/],
  ['day', /^(\d{1,2})(?!\d)/],
  ['month', new RegExp(`^(${MONTHS.join('|')})`)],
  ['year', /^(\d{2,4})(?!\d)/]
];

/**
 * Parse the date of an `Expires` attribute (RFC 6265bis, section 5.1.1).
 *
 * @returns milliseconds since the epoch; null if it is invalid
 */
export function readDate(text: string): number | null {
  const found = new Map<string, string[]>();
  for (const token of text.toLowerCase().split(DELIMITERS)) {
    for (const [part, pattern] of PARTS) {
      const match = found.has(part) ? null : pattern.exec(token);
      if (match !== null) {
        found.set(part, match.slice(1));
        break;
      }
    }
  }
  if (found.size < PARTS.length) {
    return null;
  }
  const [hour = 0, minute = 0, second = 0] = found.get('time')!.map(Number);
  const day = Number(found.get('day'));
  const month = MONTHS.indexOf(String(found.get('month')));
  let year = Number(found.get('year'));
  if (year < 100) {
    year += year >= 70 ? 1900 : 2000;
  }
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  // `Date` turns February 30 into March 1 or 2.
  const exists =
    date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return exists && year >= 1601 ? date.getTime() : null;
}
