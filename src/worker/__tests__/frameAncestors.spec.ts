import { frameAncestors } from '../response/frameAncestors';
import { context } from './context';

const CSP = 'content-security-policy';

function headersFor(
  destination: RequestDestination,
  headers: [string, string][],
  referrer = 'https://example.org/demo/lab/index.html'
): Headers {
  const response = new Response(null, { headers });
  const adapted = frameAncestors(
    response,
    context(undefined, { destination, referrer })
  );
  expect(adapted).toBe(response);
  return adapted.headers;
}

function policyIn(destination: RequestDestination, policy: string) {
  return headersFor(destination, [[CSP, policy]]).get(CSP);
}

describe.each(['iframe', 'frame', 'embed', 'object'] as const)(
  'a page in an %s',
  destination => {
    it('ignores X-Frame-Options', () => {
      const given: [string, string][] = [
        ['x-frame-options', 'DENY'],
        ['x-a', '1']
      ];
      expect([...headersFor(destination, given)]).toEqual([['x-a', '1']]);
    });

    it.each([
      ["frame-ancestors 'none'", null],
      ['frame-ancestors', null],
      ["  Frame-Ancestors 'self' ; ", null],
      ["frame-ancestors 'none', frame-ancestors 'self';", null],
      ["script-src 'self'; frame-ancestors 'none'", "script-src 'self'"],
      ["frame-ancestors 'none';script-src  'self';", "script-src  'self';"],
      ['a b;frame-ancestors c;d e;  frame-ancestors f; g', 'a b;d e; g'],
      ["a b, frame-ancestors 'none', c d", 'a b, c d'],
      ["a b,c d; frame-ancestors 'none'", 'a b,c d']
    ])('reduces the policy %j to %j', (policy, rest) => {
      expect(policyIn(destination, policy)).toBe(rest);
    });

    it.each([
      "default-src 'self'; frame-src 'none'",
      'frame-ancestors-x a',
      'report-uri /frame-ancestors'
    ])('keeps %j', policy => {
      expect(policyIn(destination, policy)).toBe(policy);
    });
  }
);

it.each([
  '',
  'https://example.org:8443/demo/lab/index.html',
  'http://example.org/'
])('is left alone in a frame with the referrer %j', referrer => {
  const given: [string, string][] = [
    [CSP, "frame-ancestors 'none'"],
    ['x-frame-options', 'DENY']
  ];
  expect([...headersFor('iframe', given, referrer)]).toEqual(given);
});

it('is shown in a frame whose referrer is only the origin', () => {
  const given: [string, string][] = [['x-frame-options', 'DENY']];
  const found = headersFor('iframe', given, 'https://example.org/');
  expect([...found]).toEqual([]);
});

it.each(['document', '', 'image', 'script'] as const)(
  'a response for the destination %j is left alone',
  destination => {
    const given: [string, string][] = [
      [CSP, "default-src 'self', frame-ancestors 'none'"],
      ['x-frame-options', 'SAMEORIGIN']
    ];
    expect([...headersFor(destination, given)]).toEqual(given);
  }
);
