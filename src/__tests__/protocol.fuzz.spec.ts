import fc from 'fast-check';

import type { FromKernel } from '../protocol';
import { isFromKernel, joinHeaders, splitHeaders, VERSION } from '../protocol';
import { check } from './fuzz';

const bytes = fc.uint8Array({ maxLength: 20 });
const status = fc.integer({ min: 200, max: 599 });

/** Arbitrary valid values for the fields of each message. */
const FIELDS: Record<
  FromKernel['type'],
  Record<string, fc.Arbitrary<unknown>>
> = {
  response: {
    status,
    headers: bytes,
    chunk: bytes,
    more: fc.boolean(),
    reason: fc.option(fc.string(), { nil: undefined })
  },
  'response-body': { chunk: bytes, more: fc.boolean() },
  'request-credit': { bytes: fc.maxSafeNat() },
  abort: { reason: fc.string(), status },
  pong: { running: fc.boolean() },
  begun: {},
  interrupted: { what: fc.string() }
};

const KINDS = Object.keys(FIELDS) as FromKernel['type'][];

const message = (type: FromKernel['type']) =>
  fc.record({
    v: fc.constant(VERSION),
    type: fc.constant(type),
    id: fc.string(),
    ...FIELDS[type]
  });

describe('isFromKernel', () => {
  it('rejects anything else, whatever it is', () => {
    check(fc.anything(), data => expect(isFromKernel(data)).toBe(false));
  });

  describe.each(KINDS)('for %s', type => {
    it('accepts all valid messages', () => {
      check(message(type), data => expect(isFromKernel(data)).toBe(true));
    });

    const required = Object.keys(FIELDS[type]).filter(
      name => name !== 'reason'
    );
    it.each(['id', ...required])('rejects those without a valid %s', name => {
      const invalid = fc.constantFrom(
        undefined,
        null,
        -1,
        0.5,
        NaN,
        2 ** 53,
        {},
        []
      );
      check(fc.tuple(message(type), invalid), ([data, value]) =>
        expect(isFromKernel({ ...data, [name]: value })).toBe(false)
      );
    });
  });
});

describe('a header block', () => {
  const part = fc
    .uint8Array({ maxLength: 20 })
    .map(codes => codes.filter(code => code !== 10 && code !== 13))
    .map(codes => Buffer.from(codes).toString('latin1'));

  it('is read as it was written', () => {
    const pairs = fc.array(fc.tuple(part, part), { minLength: 1 });
    check(pairs, written => {
      expect(splitHeaders(joinHeaders(written))).toEqual(written);
    });
  });

  it('of any bytes is read', () => {
    check(fc.uint8Array(), block => {
      const read = splitHeaders(block);
      expect(read.flat().every(text => !text.includes('\n'))).toBe(true);
    });
  });
});
