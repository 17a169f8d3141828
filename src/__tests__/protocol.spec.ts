import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FromKernel, FromWorker } from '../protocol';
import {
  appLock,
  isFromKernel,
  joinHeaders,
  repliesChannel,
  requestsChannel,
  splitHeaders,
  VERSION
} from '../protocol';

type Fields = Record<string, unknown>;

const samples = JSON.parse(
  readFileSync(join(__dirname, '../../tests/messages.json'), 'utf-8')
) as { fromWorker: Fields[]; fromKernel: Fields[] };

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
    'expires',
    'method',
    'url',
    'headers',
    'body'
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
  abort: ['v', 'type', 'id', 'reason'],
  pong: ['v', 'type', 'id', 'running']
};

function fieldsByType(messages: Fields[]): Record<string, string[]> {
  return Object.fromEntries(
    messages.map(message => [message.type, Object.keys(message)])
  ) as Record<string, string[]>;
}

describe('the samples', () => {
  it('are one of each message, with the fields that we declare', () => {
    expect(fieldsByType(samples.fromWorker)).toEqual(FROM_WORKER);
    expect(fieldsByType(samples.fromKernel)).toEqual(FROM_KERNEL);
  });
});

describe('isFromKernel', () => {
  it.each(samples.fromKernel)('accepts $type', message => {
    expect(isFromKernel(message)).toBe(true);
  });

  it.each(samples.fromWorker)('refuses $type of a worker', message => {
    expect(isFromKernel(message)).toBe(false);
  });

  it.each(samples.fromKernel)('refuses $type of another version', message => {
    expect(isFromKernel({ ...message, v: VERSION + 1 })).toBe(false);
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
      [requestsChannel, repliesChannel, appLock].map(name => name(base, 'app'))
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
