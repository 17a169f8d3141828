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

describe('within a page of another origin', () => {
  function framed(headers: [string, string][]): Response {
    const init = {
      destination: 'iframe' as const,
      referrer: 'https://example.org/demo/asgi/shop/'
    };
    const response = new Response('the app', { headers });
    return frameAncestors(response, context(undefined, init, true));
  }

  it.each([
    ['x-frame-options', 'DENY'],
    ['x-frame-options', 'SameOrigin'],
    ['x-frame-options', 'ALLOWALL, deny'],
    [CSP, 'frame-ancestors'],
    [CSP, "a b; Frame-Ancestors 'none'"],
    [CSP, "frame-ancestors 'self'; frame-ancestors *"],
    [CSP, "frame-ancestors *, frame-ancestors 'SELF'"]
  ])('%s: %s forbids', async (name, value) => {
    const found = framed([[name, value]]);
    expect(found.status).toBe(403);
    const text = await found.text();
    expect(text).toContain(
      '<a href="/demo/asgi/shop/" target="_blank">in a tab of its own</a>'
    );
    expect(text).not.toMatch(/the app$/);
  });

  it.each([
    ['frame-ancestors *', "frame-ancestors 'self' *"],
    [
      'a b;frame-ancestors https://x.test, frame-ancestors https:;c d',
      "a b;frame-ancestors 'self' https://x.test, frame-ancestors 'self' https:;c d"
    ],
    ['a b', 'a b']
  ])('the policy %j becomes %j', async (policy, kept) => {
    const found = framed([
      [CSP, policy],
      ['x-frame-options', 'ALLOWALL']
    ]);
    expect(found.headers.get(CSP)).toBe(kept);
    expect(await found.text()).toBe('the app');
  });

  it.each([204, 302, 307])('the headers of a %i do not count', status => {
    const init = {
      destination: 'iframe' as const,
      referrer: 'https://example.org/demo/asgi/shop/'
    };
    const headers = { 'x-frame-options': 'DENY' };
    const response = new Response(null, { status, headers });
    expect(frameAncestors(response, context(undefined, init, true))).toBe(
      response
    );
  });

  it('X-Frame-Options does not count beside frame-ancestors', async () => {
    const found = framed([
      [CSP, 'frame-ancestors https://x.test'],
      ['x-frame-options', 'DENY']
    ]);
    expect(await found.text()).toBe('the app');
  });
});
