/** Shared by the specs of pages that get the page script. */

import { mountOf } from '../../mount';
import { COOKIES_HEADER } from '../../protocol';
import { adaptResponse } from '../response';
import { scriptTag } from '../html/scriptTag';
import './fakes'; // defines `navigator`

export const MOUNT = mountOf('/demo/', 'shop');
export const COOKIES = '%7B%22changes%22%3A1%2C%22cookies%22%3A%5B%5D%7D';
export const TAG = new TextDecoder().decode(
  scriptTag({ ...MOUNT, cookies: COOKIES, nonce: null, icons: null })
);
export const HTML = '<!doctype html><head><title>a</title>';
export const INJECTED = HTML.replace('<head>', `<head>${TAG}`);

interface IResponseInit {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: BodyInit | null;
}

/** A response for a page that gets cookies. */
export function responseOf({
  status,
  headers,
  body = HTML
}: IResponseInit): Response {
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
export function navigate(response: Response): Promise<Response> {
  return adaptResponse(response, {
    request: requestOf('navigate'),
    mount: MOUNT
  });
}

/** Scripts cannot construct requests of every mode. */
export function requestOf(mode: RequestMode, fragment = ''): Request {
  const request = new Request(`https://example.org/demo/asgi/shop/${fragment}`);
  return Object.defineProperty(request, 'mode', { value: mode });
}

export function headersOf(response: Response): Record<string, string> {
  return Object.fromEntries(response.headers);
}
