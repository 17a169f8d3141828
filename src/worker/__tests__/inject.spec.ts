import { COOKIES_HEADER } from '../../protocol';
import { scriptHash } from '../html/scriptTag';
import { adaptResponse } from '../response';
import {
  COOKIES,
  headersOf,
  HTML,
  INJECTED,
  MOUNT,
  navigate,
  requestOf,
  responseOf
} from './injected';

describe('a page that a frame or a tab loads', () => {
  it('gets the script', async () => {
    const response = await navigate(responseOf({}));
    expect(await response.text()).toBe(INJECTED);
  });

  it.each([200, 201, 404, 422, 500])('with status %i gets it', async status => {
    const response = await navigate(responseOf({ status }));
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(INJECTED);
  });

  it.each([
    'text/html',
    'Text/HTML;Charset=Shift_JIS',
    ' text/html ; level=1; charset="windows-1252"',
    'text/html; charset=unheard-of'
  ])('of type %j gets it', async type => {
    const response = responseOf({ headers: { 'content-type': type } });
    expect(await (await navigate(response)).text()).toBe(INJECTED);
  });

  it('that is inline gets it', async () => {
    const headers = { 'content-disposition': 'Inline; filename="a.html"' };
    const response = await navigate(responseOf({ headers }));
    expect(await response.text()).toBe(INJECTED);
  });

  it('keeps its headers, except for its length', async () => {
    const headers = { 'content-length': '37', etag: '"1"', 'x-a': 'b' };
    expect(headersOf(await navigate(responseOf({ headers })))).toEqual({
      'content-type': 'text/html; charset=utf-8',
      etag: '"1"',
      'x-a': 'b'
    });
  });

  it('may have a policy with a nonce', async () => {
    const policy = "script-src 'nonce-abc'";
    const headers = { 'content-security-policy': policy };
    const response = await navigate(responseOf({ headers }));
    expect(await response.text()).toContain(' nonce="abc">');
    expect(headersOf(response)).toMatchObject(headers);
  });

  it('may have a policy without', async () => {
    const headers = { 'content-security-policy': "default-src 'self'" };
    const response = await navigate(responseOf({ headers }));
    expect(await response.text()).toBe(INJECTED);
    expect(response.headers.get('content-security-policy')).toBe(
      `script-src-elem 'self' ${await scriptHash()}; default-src 'self'`
    );
  });
});

describe('a response is left alone that is', () => {
  const headers = { 'content-length': '37', 'x-a': 'b' };

  it.each([
    ['a style', { 'content-type': 'text/css' }],
    ['XHTML', { 'content-type': 'application/xhtml+xml' }],
    ['of a type that begins like HTML', { 'content-type': 'text/html2' }],
    ['UTF-16', { 'content-type': 'text/html; charset=utf-16' }],
    ['UTF-16, big endian', { 'content-type': 'text/html;charset="UTF-16BE"' }],
    ['UTF-16 by a label', { 'content-type': 'text/html; charset=unicode' }],
    ['a download', { 'content-disposition': 'attachment; filename="a.html"' }],
    ['a download of another kind', { 'content-disposition': 'save' }],
    ['a sandbox', { 'content-security-policy': 'sandbox' }]
  ])('%s', async (_, more) => {
    const response = responseOf({ headers: { ...headers, ...more } });
    const { body } = response;
    const adapted = await navigate(response);
    expect(adapted.body).toBe(body);
    expect(headersOf(adapted)).toEqual({
      'content-type': 'text/html; charset=utf-8',
      ...headers,
      ...more
    });
    expect(await adapted.text()).toBe(HTML);
  });

  it('a part of a page', async () => {
    const response = await navigate(responseOf({ status: 206, headers }));
    expect(headersOf(response)).toMatchObject(headers);
    expect(await response.text()).toBe(HTML);
  });

  it('a page of an unknown type', async () => {
    const response = responseOf({});
    response.headers.delete('content-type');
    expect(await (await navigate(response)).text()).toBe(HTML);
  });

  it.each([204, 205, 304])('without a body: %i', async status => {
    const response = await navigate(
      responseOf({ status, headers, body: null })
    );
    expect(response.body).toBeNull();
    expect(headersOf(response)).toEqual({
      'content-type': 'text/html; charset=utf-8',
      ...headers
    });
  });

  it('a page without cookies from the kernel', async () => {
    const response = responseOf({ headers });
    response.headers.delete(COOKIES_HEADER);
    const adapted = await navigate(response);
    expect(headersOf(adapted)).toMatchObject(headers);
    expect(await adapted.text()).toBe(HTML);
  });

  it.each(['cors', 'no-cors', 'same-origin'] as const)(
    'for a script or an element: %s',
    async mode => {
      const response = await adaptResponse(responseOf({ headers }), {
        request: requestOf(mode),
        mount: MOUNT
      });
      // The page script reads the cookies.
      expect(headersOf(response)).toMatchObject({
        ...headers,
        [COOKIES_HEADER]: COOKIES
      });
      expect(await response.text()).toBe(HTML);
    }
  );
});

it('a page that is saved stays as the app sent it', async () => {
  const adapted = await adaptResponse(responseOf({}), {
    request: requestOf('navigate', '#jupyterlite-asgi-saved'),
    mount: MOUNT
  });
  expect(headersOf(adapted)).toEqual({
    'content-type': 'text/html; charset=utf-8'
  });
  expect(await adapted.text()).toBe(HTML);
});
