import { isCrossSite } from '../embedded';

const HERE = 'https://example.org:8000';

/** Nested frames with these origins, innermost first; null denies access. */
function frame(
  origins: readonly (string | null)[],
  ancestorOrigins?: readonly string[]
): Window {
  const [origin, ...outer] = origins;
  const url = new URL(origin ?? 'about:blank');
  const { protocol, hostname } = url;
  const window = {
    get location() {
      if (origin === null) {
        throw new Error('SecurityError');
      }
      return { origin, protocol, hostname, ancestorOrigins };
    },
    parent: outer.length > 0 ? frame(outer) : null
  };
  window.parent ??= window as unknown as Window;
  return window as unknown as Window;
}

describe('isCrossSite', () => {
  it.each([
    [[], false],
    [[HERE], false],
    [['https://example.org'], false],
    [['http://example.org'], true],
    [['https://www.example.org'], true],
    [[HERE, 'https://example.com'], true],
    [['null', HERE], true]
  ])('for a page in %j is %s', (ancestors, crossSite) => {
    expect(isCrossSite(frame([HERE], ancestors))).toBe(crossSite);
  });

  it.each([
    [[], false],
    [[HERE], false],
    [[HERE, HERE], false],
    [[null, HERE], true],
    [[HERE, null], true]
  ])(
    'for a page in %j is %s if the browser lacks `ancestorOrigins`',
    (outer, crossSite) => {
      expect(isCrossSite(frame([HERE, ...outer]))).toBe(crossSite);
    }
  );
});
