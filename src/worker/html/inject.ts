import { COOKIES_HEADER, SAVED } from '../../protocol';
import type { IContext } from '../response/context';
import { cspAllow } from './csp';
import { iconPaths } from '../routing/cdnAssets';
import { HeadInjector } from './headInjector';
import { scriptHash, scriptTag } from './scriptTag';

/**
 * Insert the page script into a page that a frame or a tab loads, if the kernel sent
 * the page's cookies. The body stays a stream.
 *
 * Leaves everything else unchanged: what is not displayed as HTML, encodings that do not
 * contain ASCII, pages in which no script can run, and pages that are saved as files.
 */
export async function inject(
  response: Response,
  { request, mount }: IContext
): Promise<Response> {
  if (request.mode !== 'navigate') {
    return response;
  }
  const { headers, body } = response;
  const cookies = headers.get(COOKIES_HEADER);
  headers.delete(COOKIES_HEADER);
  if (
    cookies === null ||
    body === null ||
    !isShownAsHtml(response) ||
    request.url.endsWith(SAVED)
  ) {
    return response;
  }
  const permission = await cspAllow(headers, scriptHash);
  if (permission === null) {
    return response;
  }
  headers.delete('content-length');
  const { nonce } = permission;
  const tag = scriptTag({ ...mount, cookies, nonce, icons: iconPaths() });
  return new Response(insert(tag, body), response);
}

function isShownAsHtml({ status, headers }: Response): boolean {
  return (
    status !== 206 &&
    isAsciiHtml(headers.get('content-type') ?? '') &&
    /^(inline|)$/i.test(first(headers.get('content-disposition') ?? ''))
  );
}

function isAsciiHtml(type: string): boolean {
  const charset = /;\s*charset=\s*"?([^\s";]+)/i.exec(type)?.[1] ?? '';
  return (
    first(type).toLowerCase() === 'text/html' &&
    !/^utf-16/.test(encodingOf(charset))
  );
}

/** The name of the encoding that has this label (WHATWG Encoding, section 4.2). */
function encodingOf(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return '';
  }
}

/** A header's value without its parameters. */
function first(value: string): string {
  return (value.split(';', 1)[0] ?? '').trim();
}

/** Insert the tag into a stream, which is read only on demand. */
function insert(
  tag: Uint8Array,
  body: ReadableStream<Uint8Array>
): ReadableStream<Uint8Array> {
  const injector = new HeadInjector(tag);
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      pull: async controller => {
        let parts: Uint8Array[] = [];
        while (parts.length === 0) {
          const { done, value } = await reader.read();
          parts = done ? injector.end() : injector.push(value);
          parts.forEach(part => controller.enqueue(part));
          if (done) {
            controller.close();
            return;
          }
        }
      },
      cancel: reason => reader.cancel(reason)
    },
    { highWaterMark: 0 }
  );
}
