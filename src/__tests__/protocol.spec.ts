import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type {
  FromKernel,
  FromWorker,
  ICookies,
  ICookieWrite
} from '../protocol';
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

/** The required fields of a worker's messages, by type. */
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
    'client',
    'until'
  ],
  'request-body': ['v', 'type', 'id', 'chunk', 'more'],
  'response-credit': ['v', 'type', 'id', 'bytes'],
  cancel: ['v', 'type', 'id'],
  ping: ['v', 'type', 'id', 'reply'],
  interrupt: ['v', 'type', 'id', 'reply', 'until']
};

/** The same for a kernel's messages. */
const FROM_KERNEL: {
  [T in FromKernel['type']]: readonly (keyof Extract<
    FromKernel,
    { type: T }
  >)[];
} = {
  response: ['v', 'type', 'id', 'status', 'headers', 'chunk', 'more', 'reason'],
  'response-body': ['v', 'type', 'id', 'chunk', 'more'],
  'request-credit': ['v', 'type', 'id', 'bytes'],
  abort: ['v', 'type', 'id', 'reason', 'status'],
  pong: ['v', 'type', 'id', 'running'],
  begun: ['v', 'type', 'id'],
  interrupted: ['v', 'type', 'id', 'what']
};

/** The same for a page's messages. */
const FROM_PAGE: Record<ICookieWrite['type'], readonly (keyof ICookieWrite)[]> =
  {
    'cookie-write': ['v', 'type', 'id', 'url', 'line', 'sent']
  };

/** The same for messages to pages. */
const TO_PAGES: Record<ICookies['type'], readonly (keyof ICookies)[]> = {
  cookies: ['v', 'type', 'snapshot']
};

/** A sample as it is sent: its bytes are text in JSON. */
function sent(sample: Fields): Fields {
  return Object.fromEntries(
    Object.entries(sample).map(([name, value]) => [
      name,
      ['headers', 'chunk'].includes(name)
        ? Buffer.from(String(value), 'latin1')
        : value
    ])
  );
}

const FROM_KERNEL_SENT = samples.fromKernel.map(sent);

function fieldsByType(messages: Fields[]): Record<string, string[]> {
  return Object.fromEntries(
    messages.map(message => [message.type, Object.keys(message)])
  ) as Record<string, string[]>;
}

describe('the samples', () => {
  it('have one message of each type, with the declared fields', () => {
    expect(fieldsByType(samples.fromWorker)).toEqual(FROM_WORKER);
    expect(fieldsByType(samples.fromPage)).toEqual(FROM_PAGE);
    expect(fieldsByType(samples.fromKernel)).toEqual(FROM_KERNEL);
    expect(fieldsByType(samples.toPages)).toEqual(TO_PAGES);
  });
});

describe('isFromKernel', () => {
  it.each(FROM_KERNEL_SENT)('accepts $type', message => {
    expect(isFromKernel(message)).toBe(true);
  });

  it.each(samples.fromWorker.map(sent))(
    'rejects $type of a worker',
    message => {
      expect(isFromKernel(message)).toBe(false);
    }
  );

  it.each(FROM_KERNEL_SENT)(
    'accepts $type with an additional field',
    message => {
      expect(isFromKernel({ ...message, priority: 'low' })).toBe(true);
    }
  );

  it.each(FROM_KERNEL_SENT)('rejects $type of another version', message => {
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
  ])('rejects %j', data => {
    expect(isFromKernel(data)).toBe(false);
  });
});

describe('readTerms', () => {
  /** The name of the lock by which a kernel publishes `terms`. */
  function lock(terms: string, name = 'shop', base = '/demo/'): string {
    return `jupyterlite-asgi ${base} terms ${name} ${terms}`;
  }

  it('finds the terms of the app among all locks', () => {
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
  ])('reads the timeout of %j', (terms, timeout) => {
    expect(readTerms('/demo/', 'shop', [lock(terms)])).toMatchObject({
      timeout
    });
  });

  it.each([
    ['there are no locks', []],
    ['only the app lock is held', [appLock('/demo/', 'shop')]],
    ['another app has terms', [lock('1 60', 'shop-2')]],
    ['another site has terms', [lock('1 60', 'shop', '/')]],
    ['they lack the timeout', [lock('1')]]
  ])('returns null if %s', (_, locks) => {
    expect(readTerms('/demo/', 'shop', locks)).toBeNull();
  });
});

describe('joinHeaders and splitHeaders', () => {
  it.each<[string, [string, string][]]>([
    ['no header', []],
    ['one header', [['a', '1']]],
    [
      'empty values',
      [
        ['a', ''],
        ['b', '']
      ]
    ],
    [
      'a repeated name',
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2']
      ]
    ],
    ['non-ASCII values', [['x-name', 'Jos\u00e9 \u0080\u00ff']]]
  ])('round-trip %s', (_, pairs) => {
    expect(splitHeaders(joinHeaders(pairs))).toEqual(pairs);
  });

  it('encode the block of the samples', () => {
    const headers = new Headers([
      ['X-Name', 'Jos\u00e9'],
      ['Content-Type', 'text/plain'],
      ['X-Empty', '']
    ]);
    const text = samples.fromWorker[0]!.headers as string;
    expect(Buffer.from(joinHeaders(headers)).toString('latin1')).toBe(text);
  });

  it('decode the block of the samples', () => {
    const text = samples.fromKernel[0]!.headers as string;
    expect(splitHeaders(Buffer.from(text, 'latin1'))).toEqual([
      ['content-type', 'text/plain; charset=utf-8'],
      ['x-empty', ''],
      ['x-name', 'Jos\u00e9']
    ]);
  });

  it('support a large block', () => {
    const pairs: [string, string][] = [['cookie', 'x'.repeat(200_000)]];
    expect(splitHeaders(joinHeaders(pairs))).toEqual(pairs);
  });
});

describe('names', () => {
  it('differ by site and purpose', () => {
    const names = ['/', '/demo/'].flatMap(base =>
      [requestsChannel, repliesChannel, cookiesChannel, appLock].map(name =>
        name(base, 'app')
      )
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('of the drain messages never change', () => {
    expect(DRAIN).toBe('jupyterlite-asgi drain');
    expect(DRAINED).toBe('jupyterlite-asgi drained');
  });
});
