import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { createGzip, constants } from 'node:zlib';
import { decode } from '../encoding';
import { asked } from './asked';
import { useBrowsersDecompression } from './decompression';
import { bytes, text, turn, watch } from './fakes';

useBrowsersDecompression();

const HELLO = bytes('hello '.repeat(1000));

function packed(
  coding: string,
  body: Uint8Array | ReadableStream | null,
  init: ResponseInit = {},
  method = 'GET'
): Response {
  const response = new Response(body as BodyInit | null, init);
  response.headers.set('content-encoding', coding);
  response.headers.set('content-length', '99');
  response.headers.set('etag', '"1"');
  return decode(response, asked(undefined, { method }));
}

function together(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** The headers that tell of a body's coding. */
function codingOf({ headers }: Response): (string | null)[] {
  return [headers.get('content-encoding'), headers.get('content-length')];
}

/** A body that comes as it is wanted, or never if `chunks` end with null. */
function streamOf(
  chunks: (Uint8Array | Error | null)[],
  cancelled: (reason: unknown) => void = () => undefined
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk === null) {
          return new Promise(() => undefined);
        }
        if (chunk instanceof Error) {
          controller.error(chunk);
        } else if (chunk === undefined) {
          controller.close();
        } else {
          controller.enqueue(chunk);
        }
        return undefined;
      },
      cancel: cancelled
    },
    { highWaterMark: 0 }
  );
}

/** What gzip makes of each text when it is flushed behind it. */
async function flushed(...texts: string[]): Promise<Uint8Array[]> {
  const gzip = createGzip();
  const parts: Uint8Array[] = [];
  for (const part of texts) {
    gzip.write(part);
    await new Promise<void>(resolve => {
      gzip.flush(constants.Z_SYNC_FLUSH, resolve);
    });
    parts.push(gzip.read() as Uint8Array);
  }
  return parts;
}

describe('a body', () => {
  it.each([
    ['gzip', gzipSync(HELLO)],
    ['x-gzip', gzipSync(HELLO)],
    ['GZip', gzipSync(HELLO)],
    ['deflate', deflateSync(HELLO)],
    ['deflate', deflateSync(HELLO, { level: 9 })],
    ['deflate', deflateRawSync(HELLO)],
    ['gzip, identity', gzipSync(HELLO)],
    ['deflate, gzip', gzipSync(deflateSync(HELLO))],
    ['gzip,,deflate', deflateSync(gzipSync(HELLO))]
  ])('in %s is decoded', async (coding, body) => {
    const response = packed(coding, body, { status: 206 });
    expect(codingOf(response)).toEqual([null, null]);
    expect([response.status, response.headers.get('etag')]).toEqual([
      206,
      '"1"'
    ]);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(HELLO);
  });

  it.each(['gzip', 'deflate'])('in %s may come byte by byte', async coding => {
    const pack = coding === 'gzip' ? gzipSync : deflateSync;
    const chunks = Array.from(pack('hello'), byte => Uint8Array.of(byte));
    expect(await packed(coding, streamOf(chunks)).text()).toBe('hello');
  });

  it.each(['gzip', 'deflate'])('that is empty is so in %s', async coding => {
    const response = packed(coding, streamOf([]));
    expect(await response.text()).toBe('');
    expect(codingOf(response)).toEqual([null, null]);
  });

  it.each(['', 'identity', 'utf-8', 'compress', 'gzip, aws-chunked'])(
    'in %j is handed on as it is',
    async coding => {
      const response = packed(coding, HELLO);
      expect(codingOf(response)).toEqual([coding, '99']);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(HELLO);
    }
  );

  it('that says nothing of a coding is handed on as it is', () => {
    const response = new Response('hello');
    expect(decode(response, asked())).toBe(response);
  });

  it.each([204, 205, 304])('that status %i forbids is none', status => {
    const response = packed('br', null, { status });
    expect([response.status, ...codingOf(response)]).toEqual([
      status,
      'br',
      '99'
    ]);
  });
});

describe('a body of several members', () => {
  // A byte with which a member may begin is in it, too.
  const plain = Uint8Array.from({ length: 1000 }, (_, at) =>
    [0x1f, 0x8b, 8, at].at(at % 4)!
  );
  const members = [
    gzipSync('one'),
    gzipSync(''),
    gzipSync(plain, { level: 0 }),
    gzipSync('two')
  ];
  const all = new Uint8Array([...bytes('one'), ...plain, ...bytes('two')]);

  it.each([
    ['together', [together(...members)]],
    ['one by one', members],
    ['byte by byte', Array.from(together(...members), x => Uint8Array.of(x))]
  ])('is decoded wholly if they come %s', async (_, chunks) => {
    const response = packed('gzip', streamOf([...chunks]));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(all);
  });

  it.each([2, 5, 7])('is so in chunks of %i bytes', async size => {
    const body = together(...members);
    const chunks = Array.from({ length: body.length / size + 1 }, (_, at) =>
      body.subarray(at * size, (at + 1) * size)
    );
    const response = packed('gzip', streamOf(chunks));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(all);
  });

  it('is handed on member by member', async () => {
    const body = streamOf([gzipSync('one'), gzipSync('two'), null]);
    const reader = packed('gzip', body).body!.getReader();
    expect(text((await reader.read()).value)).toBe('one');
    expect(text((await reader.read()).value)).toBe('two');
    await reader.cancel();
  });
});

describe.each(['br', 'zstd', 'BR', 'gzip, br', 'br, gzip'])(
  'a body in %s',
  coding => {
    it('is refused', async () => {
      const response = packed(coding, HELLO);
      expect(response.status).toBe(502);
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
      expect(await response.text()).toMatch(
        /It compressed the body with (br|zstd), .*: leave the compression out/
      );
    });

    it('is refused to a HEAD by the head alone', () => {
      const response = packed(coding, streamOf([]), {}, 'HEAD');
      expect([response.status, response.body]).toEqual([502, null]);
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    });

    it('is read no further', () => {
      const cancelled = jest.fn();
      packed(coding, streamOf([HELLO, null], cancelled));
      expect(cancelled).toHaveBeenCalledTimes(1);
    });
  }
);

describe('a stream', () => {
  it('is decoded as far as it was flushed', async () => {
    const [one, two] = await flushed('data: 1\n\n', 'data: 2\n\n');
    let send: (chunk: Uint8Array) => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start: controller => {
        send = chunk => controller.enqueue(chunk);
      }
    });
    const reader = packed('gzip', body).body!.getReader();
    send(one!);
    expect(text((await reader.read()).value)).toBe('data: 1\n\n');
    const next = reader.read();
    const done = watch(next);
    await turn();
    expect(done()).toBe(false);
    send(two!);
    expect(text((await next).value)).toBe('data: 2\n\n');
    await reader.cancel();
  });

  it.each([1, 2])(
    'tells the app that its reader left, in %i codings',
    async times => {
      const [one] = await flushed('one');
      const cancelled = jest.fn();
      const chunk = times === 1 ? one! : gzipSync(one!);
      const coding = Array.from({ length: times }, () => 'gzip').join();
      const response = packed(coding, streamOf([chunk, null], cancelled));
      const reader = response.body!.getReader();
      await reader.read();
      await reader.cancel('enough');
      expect(cancelled).toHaveBeenCalledWith('enough');
    }
  );

  it('tells so before anything has come', async () => {
    const cancelled = jest.fn();
    const response = packed('gzip', streamOf([null], cancelled));
    const reader = response.body!.getReader();
    const read = reader.read();
    await turn();
    await reader.cancel('enough');
    expect((await read).done).toBe(true);
    expect(cancelled).toHaveBeenCalledWith('enough');
  });

  it('reads no more than it is asked for', async () => {
    const chunks = [gzipSync(HELLO), HELLO, null];
    packed('gzip', streamOf(chunks));
    await turn();
    expect(chunks).toHaveLength(3);
  });

  it.each([
    ['gzip', HELLO],
    ['deflate', HELLO],
    ['gzip', together(gzipSync('one'), bytes('two'))],
    ['deflate', together(deflateSync('one'), deflateSync('two'))]
  ])('that is not in %s breaks off with a sentence', async (coding, body) => {
    await expect(packed(coding, streamOf([body])).text()).rejects.toThrow(
      `The body is not in ${coding}, as its Content-Encoding says: compress it so`
    );
  });

  it.each([
    ['gzip', gzipSync(HELLO).subarray(0, 20)],
    ['gzip', gzipSync(HELLO).subarray(0, -1)],
    ['gzip', together(gzipSync('one'), gzipSync('two').subarray(0, -1))],
    ['gzip', Uint8Array.of(31)],
    ['deflate', deflateSync(HELLO).subarray(0, -1)],
    ['deflate', deflateRawSync(HELLO).subarray(0, -1)]
  ])('that ends in the middle of %s breaks off so', async (coding, body) => {
    await expect(packed(coding, streamOf([body])).text()).rejects.toThrow(
      `The body ends before its ${coding} does: let what compresses it finish`
    );
  });

  it('that breaks off is read no further', async () => {
    const cancelled = jest.fn();
    const response = packed('gzip', streamOf([HELLO, null], cancelled));
    await expect(response.text()).rejects.toThrow('The body is not in gzip');
    expect(cancelled).toHaveBeenCalledTimes(1);
  });

  it.each([[[]], [[gzipSync(HELLO).subarray(0, 15)]]])(
    'that the app breaks off says why',
    async chunks => {
      const broken = new TypeError('The app raised ValueError.');
      const response = packed('gzip', streamOf([...chunks, broken]));
      await expect(response.text()).rejects.toThrow(broken);
    }
  );
});
