import { createHash } from 'node:crypto';

import { pageScript } from '../../_client';
import { mountOf } from '../../mount';
import { COOKIES_HEADER } from '../../protocol';
import { adaptResponse } from '../response';
import { scriptHash, scriptTag } from '../html/scriptTag';
import { bytes, turn, watch } from './fakes';

const MOUNT = mountOf('/demo/', 'shop');
const COOKIES = '%7B%22changes%22%3A1%2C%22cookies%22%3A%5B%5D%7D';
const TAG = new TextDecoder().decode(
  scriptTag({ ...MOUNT, cookies: COOKIES, nonce: null, icons: null })
);
const HTML = '<!doctype html><head><title>a</title>';
const INJECTED = HTML.replace('<head>', `<head>${TAG}`);

interface IResponseInit {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: BodyInit | null;
}

/** A response for a page that gets cookies. */
function responseOf({ status, headers, body = HTML }: IResponseInit): Response {
  return new Response(body, {
    ...(status === undefined ? {} : { status }),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      [COOKIES_HEADER]: COOKIES,
      ...headers
    }
  });
}

/** Adapt the response to a frame or a tab. */
function navigate(response: Response): Promise<Response> {
  return adaptResponse(response, {
    request: requestOf('navigate'),
    mount: MOUNT
  });
}

/** Scripts cannot construct requests of every mode. */
function requestOf(mode: RequestMode, fragment = ''): Request {
  const request = new Request(`https://example.org/demo/asgi/shop/${fragment}`);
  return Object.defineProperty(request, 'mode', { value: mode });
}

function headersOf(response: Response): Record<string, string> {
  return Object.fromEntries(response.headers);
}

describe('the tag', () => {
  it('contains the mount and the cookies', () => {
    expect(TAG).toBe(
      '<script data-base="/demo/" data-root="/demo/asgi/shop/" ' +
        `data-cookies="${COOKIES}">${pageScript}</script>`
    );
  });

  it('has a nonce if needed', () => {
    const data = { ...MOUNT, cookies: COOKIES, nonce: 'aB+/9=', icons: null };
    expect(new TextDecoder().decode(scriptTag(data))).toBe(
      TAG.replace('>', ' nonce="aB+/9=">')
    );
  });

  it('escapes the data', () => {
    const data = {
      base: '/"',
      root: '/>',
      cookies: '&quot;',
      nonce: null,
      icons: null
    };
    expect(new TextDecoder().decode(scriptTag(data))).toBe(
      '<script data-base="/&quot;" data-root="/>" ' +
        `data-cookies="&amp;quot;">${pageScript}</script>`
    );
  });

  it('contains the icons that the site has', async () => {
    const assets = {
      'https://a.org/i.png': 'i.png',
      'https://a.org/b': 'b.js'
    };
    Object.assign(globalThis, { jupyterliteAsgiAssets: assets });
    const page = await navigate(responseOf({}));
    Object.assign(globalThis, { jupyterliteAsgiAssets: {} });
    expect(await page.text()).toContain(
      ' data-icons="{&quot;https://a.org/i.png&quot;:&quot;i.png&quot;}">'
    );
    expect(await (await navigate(responseOf({}))).text()).toBe(INJECTED);
  });

  it('matches the hash', async () => {
    const hash = createHash('sha256').update(pageScript).digest('base64');
    expect(await scriptHash()).toBe(`'sha256-${hash}'`);
  });
});

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

describe('a stream', () => {
  /** Open a page that is streamed step by step. */
  async function open() {
    const log: string[] = [];
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    const source = new ReadableStream<Uint8Array>(
      {
        start: given => {
          controller = given;
        },
        pull: () => {
          log.push('pull');
        },
        cancel: reason => {
          log.push(`cancel: ${String(reason)}`);
        }
      },
      { highWaterMark: 0 }
    );
    const response = await navigate(responseOf({ body: source }));
    const reader = response.body!.getReader();
    const read = async () => {
      const { done, value } = await reader.read();
      return done ? null : new TextDecoder().decode(value);
    };
    const send = (text: string) => controller.enqueue(bytes(text));
    return { log, controller, reader, read, send };
  }

  it('is passed on as it arrives', async () => {
    const { controller, read, send } = await open();
    const first = read();
    send('<!doctype html><head>');
    expect(await first).toBe('<!doctype html><head>');
    expect(await read()).toBe(TAG);
    const second = read();
    const isSecond = watch(second);
    await turn();
    expect(isSecond()).toBe(false);
    send('<title>');
    expect(await second).toBe('<title>');
    send('a');
    controller.close();
    expect(await read()).toBe('a');
    expect(await read()).toBeNull();
  });

  it('is read further while everything is held back', async () => {
    const { read, send } = await open();
    const first = read();
    send('<');
    await turn();
    send('head>');
    expect(await first).toBe('<head>');
    expect(await read()).toBe(TAG);
  });

  it('gets the script at its end at the latest', async () => {
    const { controller, read } = await open();
    const first = read();
    controller.close();
    expect(await first).toBe(TAG);
    expect(await read()).toBeNull();
  });

  it('is read only on demand', async () => {
    const { log, read, send } = await open();
    await turn();
    expect(log).toEqual([]);
    const first = read();
    await turn();
    expect(log).toEqual(['pull']);
    send('<p>');
    expect(await first).toBe(TAG);
    expect(await read()).toBe('<p>');
    await turn();
    expect(log).toEqual(['pull']);
  });

  it('is cancelled when its reader leaves', async () => {
    const { log, reader, read } = await open();
    const first = read();
    await reader.cancel('enough');
    expect(await first).toBeNull();
    await turn();
    expect(log).toEqual(['pull', 'cancel: enough']);
  });

  it('fails if the app fails', async () => {
    const { controller, read, send } = await open();
    const first = read();
    send('<p>');
    await first;
    await read();
    const next = read();
    controller.error(new TypeError('The app failed'));
    await expect(next).rejects.toThrow('The app failed');
  });
});
