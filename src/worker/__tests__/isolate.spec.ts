import { isolate as isolateFresh } from '../response/isolate';

const SCOPE = new URL('https://example.org/demo/');
const EMBEDDER = 'cross-origin-embedder-policy';
const OPENER = 'cross-origin-opener-policy';

const fetched = jest.fn<Promise<Response>, [URL, RequestInit]>();
let isolate = isolateFresh;

/** Set the headers of the site's pages. */
function host(headers: Record<string, string>): void {
  fetched.mockImplementation(async () => new Response(null, { headers }));
}

function on(
  destination: RequestDestination,
  response = new Response()
): Promise<Response> {
  const request = { destination } as Request;
  return isolate(Promise.resolve(response), request, SCOPE);
}

async function added(destination: RequestDestination, response?: Response) {
  return Object.fromEntries((await on(destination, response)).headers);
}

beforeEach(() => {
  fetched.mockReset();
  globalThis.fetch = fetched as unknown as typeof fetch;
  // A new instance of the worker.
  jest.isolateModules(() => {
    ({ isolate } = jest.requireActual('../response/isolate'));
  });
});

describe.each(['require-corp', 'credentialless'])(
  'a site isolated by %s',
  embedder => {
    beforeEach(() => host({ [EMBEDDER]: embedder, [OPENER]: 'same-origin' }));

    it('isolates pages in tabs', async () => {
      expect(await added('document')).toEqual({
        [EMBEDDER]: embedder,
        [OPENER]: 'same-origin'
      });
    });

    it.each([
      'iframe',
      'frame',
      'embed',
      'object',
      'worker',
      'sharedworker'
    ] as const)(
      'adds the embedder policy in the destination %s',
      async destination => {
        expect(await added(destination)).toEqual({ [EMBEDDER]: embedder });
      }
    );

    it.each(['', 'image', 'script', 'style', 'video'] as const)(
      'adds nothing in the destination %j',
      async destination => {
        expect(await added(destination)).toEqual({});
        expect(fetched).not.toHaveBeenCalled();
      }
    );

    it('leaves policies of the app alone', async () => {
      const own = { [EMBEDDER]: 'unsafe-none', [OPENER]: 'unsafe-none' };
      expect(
        await added('document', new Response(null, { headers: own }))
      ).toEqual(own);
    });

    it('is requested once, in parallel with the app', async () => {
      const never = new Promise<Response>(() => undefined);
      void isolate(never, { destination: 'iframe' } as Request, SCOPE);
      await Promise.all([on('iframe'), on('document')]);
      await on('document');
      expect(fetched).toHaveBeenCalledTimes(1);
      const [url, { method }] = fetched.mock.calls[0]!;
      expect([url, method]).toEqual([SCOPE, 'HEAD']);
    });

    it('leaves redirects and errors alone', async () => {
      for (const response of [
        Response.redirect(SCOPE, 307),
        Response.error()
      ]) {
        expect(await on('document', response)).toBe(response);
        expect(response.headers.has(EMBEDDER)).toBe(false);
      }
    });
  }
);

it.each([
  ['require-corp; report-to="main"', 'require-corp'],
  [' credentialless ;report-to="main"', 'credentialless'],
  ['unsafe-none', undefined],
  ['require-corporate', undefined],
  ['report-to="require-corp"', undefined]
])('the policy %j is reduced to %j', async (given, embedder) => {
  host({ [EMBEDDER]: given });
  expect((await added('iframe'))[EMBEDDER]).toBe(embedder);
});

it('adds nothing on a site that is not isolated', async () => {
  host({});
  expect(await added('document')).toEqual({});
});

it('adds no opener policy without an embedder policy', async () => {
  host({ [OPENER]: 'same-origin' });
  expect(await added('document')).toEqual({});
});

it('responds if the host is offline, and tries again', async () => {
  fetched.mockRejectedValueOnce(new TypeError('Failed to fetch'));
  expect(await added('iframe')).toEqual({});
  host({ [EMBEDDER]: 'require-corp' });
  expect(await added('iframe')).toEqual({ [EMBEDDER]: 'require-corp' });
});

it('does not wait forever for the host', async () => {
  host({});
  await on('iframe');
  expect(fetched.mock.calls[0]![1].signal).toBeInstanceOf(AbortSignal);
});
