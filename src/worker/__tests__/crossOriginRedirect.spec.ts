import { COOKIES_HEADER } from '../../protocol';
import { crossOriginRedirect } from '../response/crossOriginRedirect';

const MOUNT = { base: '/', root: '/asgi/shop/' };
const HERE = 'https://example.org/asgi/shop/go';
const ELSEWHERE = 'https://example.com/file';

let followed: Request[];
let given: Response;
let answer: () => Promise<Response>;

beforeEach(() => {
  followed = [];
  answer = async () => new Response('elsewhere');
  jest.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    followed.push(new Request(input, { ...init, referrer: undefined }));
    return answer();
  });
});

afterEach(() => jest.restoreAllMocks());

/** Pass on a redirect in response to a script's request. */
function redirect(
  init: RequestInit = {},
  status = 302,
  location = ELSEWHERE
): Promise<Response> {
  const headers = new Headers(init.headers ?? { [COOKIES_HEADER]: '{}' });
  const request = new Request(HERE, { ...init, headers });
  given = new Response('', { status, headers: { location } });
  return crossOriginRedirect(given, { request, mount: MOUNT });
}

describe('crossOriginRedirect', () => {
  it('follows without our header and those for our origin only', async () => {
    const headers = {
      [COOKIES_HEADER]: '{}',
      authorization: 'secret',
      'user-agent': 'x',
      'x-own': '1'
    };
    const response = await redirect({ headers });
    expect(await response.text()).toBe('elsewhere');
    expect(followed.map(request => request.url)).toEqual([ELSEWHERE]);
    expect([...followed[0]!.headers]).toEqual([['x-own', '1']]);
  });

  it.each([
    ['GET', 307, 'GET'],
    ['HEAD', 302, 'HEAD'],
    ['POST', 301, 'GET'],
    ['POST', 302, 'GET'],
    ['PUT', 303, 'GET']
  ])('after %s and %d requests with %s', async (method, status, next) => {
    const headers = { [COOKIES_HEADER]: '{}', 'content-type': 'text/plain' };
    await redirect({ method, headers }, status);
    expect(followed.map(request => request.method)).toEqual([next]);
    expect(followed[0]!.headers.has('content-type')).toBe(next === method);
  });

  it.each<[string, RequestInit, number, string]>([
    ['has a body that is gone', { method: 'POST' }, 307, ELSEWHERE],
    ['has a body that is gone', { method: 'PUT' }, 302, ELSEWHERE],
    ['lacks our header', { headers: { 'x-own': '1' } }, 302, ELSEWHERE],
    ['must not be followed', { redirect: 'manual' }, 302, ELSEWHERE],
    ['must not leave the origin', { mode: 'same-origin' }, 302, ELSEWHERE],
    ['stays on the origin', {}, 302, 'https://example.org/elsewhere'],
    ['stays on the origin', {}, 302, 'login'],
    ['has an invalid URL', {}, 302, 'http://['],
    ['is no redirect', {}, 201, ELSEWHERE]
  ])('leaves a response alone that %s', async (_, init, status, location) => {
    expect(await redirect(init, status, location)).toBe(given);
    expect(followed).toEqual([]);
  });

  it('returns a network error if the request fails', async () => {
    answer = () => Promise.reject(new TypeError('Failed to fetch'));
    expect((await redirect()).type).toBe('error');
  });
});
