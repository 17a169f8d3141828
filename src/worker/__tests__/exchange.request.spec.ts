import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FromWorker } from '../../protocol';
import { joinHeaders, VERSION } from '../../protocol';
import * as headers from '../request/requestHeaders';
import {
  APP_URL,
  BROWSER,
  CLIENT,
  endOpened,
  FakeReplies,
  open,
  run,
  turn
} from './fakes';

afterEach(() => {
  endOpened();
  jest.restoreAllMocks();
});

const { headersOf } = headers;

describe('a request', () => {
  it('is sent to its app at once', () => {
    jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
    const { replies, request } = open({ headers: { accept: 'a/b' } });
    expect(replies.apps).toEqual(['shop']);
    expect(replies.sent).toEqual([
      {
        v: VERSION,
        type: 'request',
        id: replies.id,
        reply: replies.name,
        sent: 1_000_000,
        method: 'GET',
        url: APP_URL,
        headers: joinHeaders(headersOf(request, 0, BROWSER)),
        body: false,
        client: CLIENT,
        until: 0
      }
    ]);
  });

  it('has an id of its own', () => {
    const [one, two] = [open(), open()];
    expect(one.replies.id).not.toBe(two.replies.id);
  });

  it('is sent only after listening for the response', () => {
    const replies = new FakeReplies();
    jest.spyOn(replies, 'postMessage').mockImplementation(() => {
      expect(replies.listening).toBe(true);
    });
    run(new Request(APP_URL), replies);
    expect(replies.postMessage).toHaveBeenCalled();
  });

  it('has no fragment', () => {
    const { replies } = open({}, `${APP_URL}a?b#c#d`);
    expect(replies.sent[0]).toMatchObject({ url: `${APP_URL}a?b` });
  });

  it.each(['GET', 'HEAD', 'DELETE'])('has no body with %s', async method => {
    const { replies, response } = open({ method });
    expect(replies.sent[0]).toMatchObject({ method, body: false });
    replies.respond('', false);
    await response;
    await turn();
    expect(replies.types).toEqual(['request']);
  });
});

describe('the samples of the protocol', () => {
  const samples = JSON.parse(
    readFileSync(join(__dirname, '../../../tests/messages.json'), 'utf-8'),
    (name, value: unknown) =>
      name === 'headers' || name === 'chunk'
        ? Uint8Array.from(Buffer.from(value as string, 'latin1'))
        : value
  ) as { fromWorker: FromWorker[] };

  function sample<T extends FromWorker['type']>(type: T) {
    return samples.fromWorker.find(message => message.type === type) as Extract<
      FromWorker,
      { type: T }
    >;
  }

  it('match what an exchange sends', async () => {
    const request = sample('request');
    const requestBody = sample('request-body');
    const responseCredit = sample('response-credit');
    jest
      .spyOn(crypto, 'randomUUID')
      .mockReturnValue(request.id as ReturnType<Crypto['randomUUID']>);
    jest.spyOn(Date, 'now').mockReturnValue(request.sent);
    jest
      .spyOn(headers, 'headersOf')
      .mockImplementation(({ headers }) => [...headers]);
    const { replies, response } = open(
      {
        method: request.method,
        headers: [
          ['content-type', 'text/plain'],
          ['x-empty', ''],
          ['x-name', 'Jos\u00e9']
        ],
        body: Buffer.from(requestBody.chunk)
      },
      request.url,
      request.client
    );
    await replies.until(3);
    replies.respond('', true);
    const chunk = new Uint8Array(responseCredit.bytes);
    replies.say({ type: 'response-body', chunk, more: true });
    const reader = (await response).body!.getReader();
    await reader.read();
    await reader.cancel();
    expect([...replies.sent.slice(0, 2), ...replies.sent.slice(3)]).toEqual([
      request,
      requestBody,
      responseCredit,
      sample('cancel')
    ]);
  });
});

describe('a HEAD request', () => {
  it.each([
    [true, ['request', 'cancel']],
    [false, ['request']]
  ])('is over with the head (more: %s)', async (more, types) => {
    const { replies, response } = open({ method: 'HEAD' });
    replies.respond('', more);
    expect((await response).body).toBeNull();
    expect(replies.types).toEqual(types);
    expect(replies.listening).toBe(false);
  });
});
