import { textOf } from '../../filename';
import type { IBrowser } from '../browser';

/**
 * Header values between a page and its service worker.
 *
 * A value is bytes, which scripts see as ISO-8859-1 text (WHATWG Fetch). Firefox preserves
 * them. Chromium treats them as UTF-8: values of requests are decoded, and dropped if
 * invalid; values of responses are encoded once more.
 */

/**
 * A navigation that gets one of these with bytes that are not UTF-8 crashes its page, and
 * all in its process, in Chromium 156. Their grammars are ASCII, so other characters
 * cannot match anything.
 */
const CRASHING: ReadonlySet<string> = new Set([
  'content-security-policy',
  'content-security-policy-report-only',
  'timing-allow-origin'
]);

/** The bytes that the page sent, as ISO-8859-1, for the request's value that the worker sees. */
export function bytesOf(seen: string, browser: IBrowser): string {
  return browser.userAgentData === undefined
    ? seen
    : Array.from(new TextEncoder().encode(seen), byte =>
        String.fromCharCode(byte)
      ).join('');
}

/**
 * The value to set in a response so that the page receives `bytes`. In Chromium that is
 * possible only for UTF-8 of characters up to U+00FF; other bytes arrive encoded in UTF-8.
 */
export function textFor(bytes: string, browser: IBrowser): string {
  if (browser.userAgentData === undefined || !/[^\0-\x7f]/.test(bytes)) {
    return bytes;
  }
  const text = textOf(bytes);
  return /[^\0-\xff]/.test(text) ? bytes : text;
}

/**
 * Deliver the bytes of the app's header values to the page as far as the browser allows.
 * Steps that read the app's bytes must come before this one.
 */
export function headerEncoding(response: Response): Response {
  for (const [name, value] of [...response.headers]) {
    const text = CRASHING.has(name)
      ? value.replace(/[^\0-\x7f]/g, '?')
      : textFor(value, navigator);
    if (text !== value) {
      response.headers.set(name, text);
    }
  }
  return response;
}

/** Percent-encode the non-ASCII bytes of a header value. */
export function percentEncode(value: string): string {
  return value.replace(
    /[\x80-\xff]/g,
    byte => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`
  );
}
