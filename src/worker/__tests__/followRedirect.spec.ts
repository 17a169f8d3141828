import { COOKIES_HEADER } from '../../protocol';
import { followRedirect } from '../response/followRedirect';

const MOUNT = { base: '/', root: '/asgi/shop/' };
const HERE = 'https://example.org/asgi/shop/go';
const THERE = 'https://example.com/file';

let followed: Request[];
let given: Response;
let answer: () => Promise<Response>;

beforeEach(() => {
  followed = [];
  answer = async () => new Response('there');
  jest.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    followed.push(new Request(input, { ...init, referrer: undefined }));
    return answer();
  });
});

afterEach(() => jest.restoreAllMocks());

/** What becomes of a redirect that answers a script's request. */
function redirect(
  init: RequestInit = {},
  status = 302,
  location = THERE
): Promise<Response> {
  const headers = new Headers(init.headers ?? { [COOKIES_HEADER]: '{}' });
  const request = new Request(HERE, { ...init, headers });
  given = new Response('', { status, headers: { location } });
  return followRedirect(given, { request, mount: MOUNT });
}

describe('followRedirect', () => {
  it('follows without our header, and what is for one origin alone', async () => {
    const headers = {
      [COOKIES_HEADER]: '{}',
      authorization: 'secret',
      'user-agent': 'x',
      'x-own': '1'
    };
    const response = await redirect({ headers });
    expect(await response.text()).toBe('there');
    expect(followed.map(request => request.url)).toEqual([THERE]);
    expect([...followed[0]!.headers]).toEqual([['x-own', '1']]);
  });

  it.each([
    ['GET', 307, 'GET'],
    ['HEAD', 302, 'HEAD'],
    ['POST', 301, 'GET'],
    ['POST', 302, 'GET'],
    ['PUT', 303, 'GET']
  ])('makes of %s and %d %s', async (method, status, then) => {
    const headers = { [COOKIES_HEADER]: '{}', 'content-type': 'text/plain' };
    await redirect({ method, headers }, status);
    expect(followed.map(request => request.method)).toEqual([then]);
    expect(followed[0]!.headers.has('content-type')).toBe(then === method);
  });

  it.each<[string, RequestInit, number, string]>([
    ['has a body that is gone', { method: 'POST' }, 307, THERE],
    ['has a body that is gone', { method: 'PUT' }, 302, THERE],
    ['has no header of ours', { headers: { 'x-own': '1' } }, 302, THERE],
    ['wants no redirect', { redirect: 'manual' }, 302, THERE],
    ['wants no other origin', { mode: 'same-origin' }, 302, THERE],
    ['stays', {}, 302, 'https://example.org/elsewhere'],
    ['stays', {}, 302, 'login'],
    ['leads nowhere', {}, 302, 'http://['],
    ['is no redirect', {}, 201, THERE]
  ])('leaves alone what %s', async (_, init, status, location) => {
    expect(await redirect(init, status, location)).toBe(given);
    expect(followed).toEqual([]);
  });

  it('fails as the browser would where there is no way', async () => {
    answer = () => Promise.reject(new TypeError('Failed to fetch'));
    expect((await redirect()).type).toBe('error');
  });
});
