import fc from 'fast-check';

import { check, checkAsync } from '../../__tests__/fuzz';
import { cspAllow, Policy } from '../html/csp';
import { HeadInjector } from '../html/headInjector';

const TAG = Buffer.from('|TAG|');

/** Documents like those of apps, and arbitrary bytes. */
const DOCUMENT = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...['<!doctype html>', '<html', '<head', '<head>', '>', '<', '</head>'],
        ...['<!--', '-->', '--!>', '<?xml', '<h1', ' a="', '"', "'", '=', '/'],
        ...['\n', ' ', '\xef\xbb\xbf', '\xfe\xff', '<script>', '<!-', 'text']
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 3 })
    ),
    { maxLength: 12 }
  )
  .map(parts => Buffer.from(parts.join(''), 'latin1'));

const CUTS = fc.array(fc.nat({ max: 60 }), { maxLength: 6 });

function inject(document: Uint8Array, cuts: readonly number[]): Buffer {
  const injector = new HeadInjector(TAG);
  const places = [0, ...[...cuts].sort((a, b) => a - b), document.length];
  const parts = places
    .slice(1)
    .flatMap((end, index) =>
      injector.push(document.subarray(places[index], end))
    );
  return Buffer.concat([...parts, ...injector.end()]);
}

describe('HeadInjector', () => {
  it('makes the same of a document however it is cut', () => {
    check(fc.tuple(DOCUMENT, CUTS), ([document, cuts]) => {
      const bytes = [...document.keys()];
      const whole = inject(document, []);
      expect(inject(document, cuts)).toEqual(whole);
      expect(inject(document, bytes)).toEqual(whole);
    });
  });

  it('adds the tag once at most, and changes nothing else', () => {
    check(DOCUMENT, document => {
      const [before, after, ...rest] = inject(document, [])
        .toString('latin1')
        .split(TAG.toString());
      expect(rest).toEqual([]);
      expect((before ?? '') + (after ?? '')).toBe(document.toString('latin1'));
    });
  });
});

const HASH = "'sha256-abc='";
const CSP = 'content-security-policy';

const WORDS = fc.constantFrom(
  ...["'self'", "'none'", "'unsafe-inline'", "'nonce-abc'", "'nonce-'", '*'],
  ...["'strict-dynamic'", "'sha256-xyz='", "'UNSAFE-INLINE'", 'https:', ''],
  ...['script-src', 'script-src-elem', 'default-src', 'style-src', 'sandbox'],
  ...['allow-scripts', ';', ';', ',', 'Script-Src', '\t', '  ']
);

const POLICIES = fc.oneof(
  fc.array(WORDS, { maxLength: 12 }).map(words => words.join(' ')),
  fc.string({ unit: 'grapheme-ascii' })
);

describe('cspAllow', () => {
  it('makes every policy allow the script, if it can run at all', async () => {
    await checkAsync(POLICIES, async text => {
      const headers = new Headers({ [CSP]: text });
      const before = Policy.parseAll(headers.get(CSP));
      const permission = await cspAllow(headers, () => Promise.resolve(HASH));
      expect(permission === null).toBe(before.some(policy => policy.isSandbox));
      const after = Policy.parseAll(headers.get(CSP));
      expect(after.length).toBe(before.length);
      after.forEach((policy, index) => {
        const allowed = policy.allows(permission?.nonce ?? null);
        const isHashed = policy.text.includes(HASH);
        expect(permission === null || allowed || isHashed).toBe(true);
        expect(isHashed || policy.text === before[index]?.text).toBe(true);
      });
    });
  });

  it('keeps what other directives say', async () => {
    await checkAsync(POLICIES, async text => {
      const headers = new Headers({ [CSP]: text });
      const before = headers.get(CSP) ?? '';
      await cspAllow(headers, () => Promise.resolve(HASH));
      const after = headers.get(CSP) ?? '';
      for (const directive of before.split(/[;,]/).map(part => part.trim())) {
        if (!/^script-src-elem(\s|$)/i.test(directive)) {
          expect(after).toContain(directive);
        }
      }
    });
  });
});
