import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FromKernel, FromPage, FromWorker, ToPages } from '../protocol';
import {
  appLock,
  cookiesChannel,
  DRAIN,
  DRAINED,
  isFromKernel,
  joinHeaders,
  readTerms,
  repliesChannel,
  requestsChannel,
  splitHeaders,
  VERSION
} from '../protocol';

type Fields = Record<string, unknown>;

const samples = JSON.parse(
  readFileSync(join(__dirname, '../../tests/messages.json'), 'utf-8')
) as {
  fromWorker: Fields[];
  fromPage: Fields[];
  fromKernel: Fields[];
  toPages: Fields[];
};

/** The fields that each message of a worker must have, by its type. */
const FROM_WORKER: {
  [T in FromWorker['type']]: readonly (keyof Extract<
    FromWorker,
    { type: T }
  >)[];
} = {
  request: [
    'v',
    'type',
    'id',
    'reply',
    'sent',
    'method',
    'url',
    'headers',
    'body',
    'client'
  ],
  'request-body': ['v', 'type', 'id', 'chunk', 'more'],
  'response-credit': ['v', 'type', 'id', 'bytes'],
  cancel: ['v', 'type', 'id'],
  ping: ['v', 'type', 'id', 'reply']
};

/** The same for a kernel's. */
const FROM_KERNEL: {
  [T in FromKernel['type']]: readonly (keyof Extract<
    FromKernel,
    { type: T }
  >)[];
} = {
  response: ['v', 'type', 'id', 'status', 'headers', 'chunk', 'more'],
  'response-body': ['v', 'type', 'id', 'chunk', 'more'],
  'request-credit': ['v', 'type', 'id', 'bytes'],
  abort: ['v', 'type', 'id', 'reason', 'status'],
  pong: ['v', 'type', 'id', 'running']
};

/** The same for a page's. */
const FROM_PAGE: Record<FromPage['type'], readonly (keyof FromPage)[]> = {
  'cookie-write': ['v', 'type', 'id', 'url', 'line']
};

/** The same for what pages are told. */
const TO_PAGES: Record<ToPages['type'], readonly (keyof ToPages)[]> = {
  cookies: ['v', 'type', 'news']
};

function fieldsByType(messages: Fields[]): Record<string, string[]> {
  return Object.fromEntries(
    messages.map(message => [message.type, Object.keys(message)])
  ) as Record<string, string[]>;
}

describe('the samples', () => {
  it('are one of each message, with the fields that we declare', () => {
    expect(fieldsByType(samples.fromWorker)).toEqual(FROM_WORKER);
    expect(fieldsByType(samples.fromPage)).toEqual(FROM_PAGE);
    expect(fieldsByType(samples.fromKernel)).toEqual(FROM_KERNEL);
    expect(fieldsByType(samples.toPages)).toEqual(TO_PAGES);
  });
});

describe('isFromKernel', () => {
  it.each(samples.fromKernel)('accepts $type', message => {
    expect(isFromKernel(message)).toBe(true);
  });

  it.each(samples.fromWorker)('refuses $type of a worker', message => {
    expect(isFromKernel(message)).toBe(false);
  });

  it.each(samples.fromKernel)('accepts $type with a field more', message => {
    expect(isFromKernel({ ...message, priority: 'low' })).toBe(true);
  });

  it.each(samples.fromKernel)('refuses $type of another version', message => {
    expect(isFromKernel({ ...message, v: VERSION + 1 })).toBe(false);
    expect(isFromKernel({ ...message, v: VERSION - 1 })).toBe(false);
    expect(isFromKernel({ ...message, v: String(VERSION) })).toBe(false);
    expect(isFromKernel({ ...message, v: undefined })).toBe(false);
  });

  it.each([
    undefined,
    null,
    'abort',
    7,
    [],
    {},
    { v: VERSION, type: 'abort' },
    { v: VERSION, type: 'abort', id: 1 },
    { v: VERSION, type: 'toString', id: '1' }
  ])('refuses %j', data => {
    expect(isFromKernel(data)).toBe(false);
  });
});

describe('readTerms', () => {
  /** The name of the lock by which a kernel says `terms`, as it writes it. */
  function lock(terms: string, name = 'shop', base = '/demo/'): string {
    return `jupyterlite-asgi ${base} terms ${name} ${terms}`;
  }

  it('finds those of the app among all locks', () => {
    const locks = [
      appLock('/demo/', 'shop'),
      lock('2 1', 'shop-2'),
      lock('2 2', 'shop', '/'),
      lock('1 60'),
      'another'
    ];
    expect(readTerms('/demo/', 'shop', locks)).toEqual({
      protocol: 1,
      timeout: 60_000
    });
  });

  it.each([
    ['1 0.5', 500],
    ['1 1e+06', 1_000_000_000]
  ])('reads the seconds of %j', (terms, timeout) => {
    expect(readTerms('/demo/', 'shop', [lock(terms)])).toMatchObject({
      timeout
    });
  });

  it.each([
    ['there are no locks', []],
    ['only the app is held', [appLock('/demo/', 'shop')]],
    ['another app has some', [lock('1 60', 'shop-2')]],
    ['another site has some', [lock('1 60', 'shop', '/')]],
    ['they say no timeout', [lock('1')]]
  ])('is null where %s', (_, locks) => {
    expect(readTerms('/demo/', 'shop', locks)).toBeNull();
  });
});

describe('joinHeaders and splitHeaders', () => {
  it.each<[string, [string, string][]]>([
    ['nothing', []],
    ['one', [['a', '1']]],
    [
      'empty values',
      [
        ['a', ''],
        ['b', '']
      ]
    ],
    [
      'a name twice',
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2']
      ]
    ],
    ['what is beyond ASCII', [['x-name', 'Jos\u00e9 \u0080\u00ff']]]
  ])('bring back %s', (_, pairs) => {
    expect(splitHeaders(joinHeaders(pairs))).toEqual(pairs);
  });

  it('write the block of the samples', () => {
    const headers = new Headers([
      ['X-Name', 'Jos\u00e9'],
      ['Content-Type', 'text/plain'],
      ['X-Empty', '']
    ]);
    const text = samples.fromWorker[0]!.headers as string;
    expect(Buffer.from(joinHeaders(headers)).toString('latin1')).toBe(text);
  });

  it('read the block of the samples', () => {
    const text = samples.fromKernel[0]!.headers as string;
    expect(splitHeaders(Buffer.from(text, 'latin1'))).toEqual([
      ['content-type', 'text/plain; charset=utf-8'],
      ['x-empty', ''],
      ['x-name', 'Jos\u00e9']
    ]);
  });

  it('take a large block', () => {
    const pairs: [string, string][] = [['cookie', 'x'.repeat(200_000)]];
    expect(splitHeaders(joinHeaders(pairs))).toEqual(pairs);
  });
});

describe('names', () => {
  it('differ by site and by use', () => {
    const names = ['/', '/demo/'].flatMap(base =>
      [requestsChannel, repliesChannel, cookiesChannel, appLock].map(name =>
        name(base, 'app')
      )
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('of what drains a worker is the same in all versions', () => {
    expect(DRAIN).toBe('jupyterlite-asgi drain');
    expect(DRAINED).toBe('jupyterlite-asgi drained');
  });
});
