import { cspAllow } from '../html/csp';

const HASH = "'sha256-abc='";
const CSP = 'content-security-policy';
const REPORT_ONLY = `${CSP}-report-only`;

interface IOutcome {
  readonly permission: { readonly nonce: string | null } | null;
  readonly enforced: string | null;
  readonly reported: string | null;
}

async function outcome(init: HeadersInit): Promise<IOutcome> {
  const headers = new Headers(init);
  const permission = await cspAllow(headers, () => Promise.resolve(HASH));
  return {
    permission,
    enforced: headers.get(CSP),
    reported: headers.get(REPORT_ONLY)
  };
}

describe('a policy that allows every inline script is left alone', () => {
  it.each([
    '',
    ';',
    ', ,',
    "img-src 'none'",
    "style-src 'self'; object-src 'none'",
    "script-src 'unsafe-inline'",
    "script-src 'self' 'UNSAFE-INLINE' https:",
    "default-src 'self' 'unsafe-inline'",
    "default-src 'none'; script-src 'unsafe-inline'",
    "script-src 'none'; script-src-elem 'unsafe-inline'",
    "script-src 'unsafe-inline'; script-src 'none'",
    "SCRIPT-SRC 'unsafe-inline'",
    "\tscript-src\f'unsafe-inline'\n",
    "script-src 'unsafe-inline' 'nonce-'",
    "script-src 'unsafe-inline' 'nonce-a!b'",
    "script-src 'unsafe-inline' 'sha1-abc='",
    "script-src \xe9; default-src 'unsafe-inline'",
    "script-src 'unsafe-inline', img-src 'none'",
    'upgrade-insecure-requests',
    'sandbox allow-forms allow-scripts',
    'sandbox Allow-Scripts',
    "require-trusted-types-for 'script'"
  ])('%j', async value => {
    expect(await outcome({ [CSP]: value, [REPORT_ONLY]: value })).toEqual({
      permission: { nonce: null },
      enforced: value.trim(),
      reported: value.trim()
    });
  });

  it('and so is a response without policies', async () => {
    expect(await outcome({})).toEqual({
      permission: { nonce: null },
      enforced: null,
      reported: null
    });
  });
});

describe('a policy with a nonce is left alone, and the tag gets the nonce', () => {
  it.each([
    ["script-src 'nonce-abc'", 'abc'],
    ["script-src 'NONCE-aB-_+/9='", 'aB-_+/9='],
    ["script-src 'nonce-abc==' 'nonce-def'", 'abc=='],
    ["default-src 'nonce-abc'", 'abc'],
    ["default-src 'nonce-abc'; script-src 'nonce-def'", 'def'],
    ["script-src 'nonce-abc'; script-src-elem 'nonce-def'", 'def'],
    ["script-src 'strict-dynamic' 'nonce-abc' 'unsafe-inline' https:", 'abc'],
    ["script-src 'nonce-abc', default-src 'self' 'nonce-abc'", 'abc'],
    ["script-src 'unsafe-inline', script-src 'nonce-abc'", 'abc']
  ])('%j', async (value, nonce) => {
    expect(await outcome({ [CSP]: value })).toEqual({
      permission: { nonce },
      enforced: value,
      reported: null
    });
    expect(await outcome({ [REPORT_ONLY]: value })).toEqual({
      permission: { nonce },
      enforced: null,
      reported: value
    });
  });
});

describe('a policy without a nonce gets the hash', () => {
  it.each([
    ["script-src 'self'", `script-src-elem 'self' ${HASH}; script-src 'self'`],
    ["script-src 'none'", `script-src-elem ${HASH}; script-src 'none'`],
    ['script-src', `script-src-elem ${HASH}; script-src`],
    ["default-src 'None'", `script-src-elem ${HASH}; default-src 'None'`],
    [
      "img-src *;Default-Src 'self' https:; base-uri 'none';",
      `script-src-elem 'self' https: ${HASH}; img-src *; Default-Src 'self' https:; base-uri 'none'`
    ],
    [
      "default-src 'none'; script-src 'self'",
      `script-src-elem 'self' ${HASH}; default-src 'none'; script-src 'self'`
    ],
    [
      "script-src 'unsafe-inline'; script-src-elem 'self'; img-src *",
      `script-src-elem 'self' ${HASH}; script-src 'unsafe-inline'; img-src *`
    ],
    [
      "script-src-elem 'self';script-src-elem 'unsafe-inline'",
      `script-src-elem 'self' ${HASH}`
    ],
    [
      "script-src 'unsafe-inline' 'sha384-def'",
      `script-src-elem 'unsafe-inline' 'sha384-def' ${HASH}; script-src 'unsafe-inline' 'sha384-def'`
    ],
    [
      "default-src 'unsafe-inline' 'strict-dynamic'",
      `script-src-elem 'unsafe-inline' 'strict-dynamic' ${HASH}; default-src 'unsafe-inline' 'strict-dynamic'`
    ],
    [
      "script-src 'self', script-src 'unsafe-inline'",
      `script-src-elem 'self' ${HASH}; script-src 'self', script-src 'unsafe-inline'`
    ]
  ])('%j', async (value, expected) => {
    expect(await outcome({ [CSP]: value })).toEqual({
      permission: { nonce: null },
      enforced: expected,
      reported: null
    });
    expect(await outcome({ [REPORT_ONLY]: value })).toEqual({
      permission: { nonce: null },
      enforced: null,
      reported: expected
    });
  });

  it('next to one with a nonce', async () => {
    expect(
      await outcome([
        [CSP, "script-src 'nonce-abc'"],
        [CSP, "script-src 'nonce-def'"],
        [REPORT_ONLY, "default-src 'self'"]
      ])
    ).toEqual({
      permission: { nonce: 'abc' },
      enforced: `script-src 'nonce-abc', script-src-elem 'nonce-def' ${HASH}; script-src 'nonce-def'`,
      reported: `script-src-elem 'self' ${HASH}; default-src 'self'`
    });
  });
});

describe('a sandbox that forbids scripts', () => {
  it.each([
    'sandbox',
    'sandbox allow-forms allow-same-origin',
    "script-src 'self'; SANDBOX",
    "script-src 'self', sandbox allow-popups",
    'sandbox; sandbox allow-scripts'
  ])('prevents injection, and is left alone: %j', async value => {
    expect(await outcome({ [CSP]: value })).toEqual({
      permission: null,
      enforced: value,
      reported: null
    });
  });

  it('has no effect in a report-only policy', async () => {
    const { permission } = await outcome({ [REPORT_ONLY]: 'sandbox' });
    expect(permission).toEqual({ nonce: null });
  });
});
