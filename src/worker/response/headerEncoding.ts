import type { IBrowser } from '../browser';

/**
 * Header values at the border of a service worker.
 *
 * A value is bytes, which scripts see as text in ISO-8859-1 (WHATWG Fetch).
 * Chromium has it in UTF-8 where it crosses the border: of a request's value
 * that is not valid UTF-8 nothing arrives in the worker, and a response's is
 * encoded once more. Firefox keeps the bytes.
 */

/** The bytes, in ISO-8859-1, that the page gave for what the worker sees of a request. */
export function bytesOf(seen: string, browser: IBrowser): string {
  return browser.userAgentData === undefined
    ? seen
    : Array.from(new TextEncoder().encode(seen), byte =>
        String.fromCharCode(byte)
      ).join('');
}

/**
 * What to put into a response for the page to get `bytes`.
 *
 * In Chromium that can be had for what is UTF-8 of nothing beyond U+00FF;
 * all else arrives there in UTF-8.
 */
export function textFor(bytes: string, browser: IBrowser): string {
  if (browser.userAgentData === undefined || !/[^\0-\x7f]/.test(bytes)) {
    return bytes;
  }
  const block = Uint8Array.from(bytes, character => character.charCodeAt(0));
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(block);
    return /[^\0-\xff]/.test(text) ? bytes : text;
  } catch {
    return bytes;
  }
}

/**
 * Deliver the bytes of the app's header values to the page, as far as the
 * browser allows. Steps before this one read the app's bytes.
 */
export function headerEncoding(response: Response): Response {
  for (const [name, value] of [...response.headers]) {
    const text = textFor(value, navigator);
    if (text !== value) {
      response.headers.set(name, text);
    }
  }
  return response;
}

/** Percent-encode the bytes of a header value that are not ASCII. */
export function percentEncode(value: string): string {
  return value.replace(
    /[\x80-\xff]/g,
    byte => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`
  );
}
