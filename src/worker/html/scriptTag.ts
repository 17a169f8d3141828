import { pageScript } from '../../_client';
import type { IMount } from '../../mount';

/** The data that the page script gets in its attributes. */
export interface IPageScriptData extends IMount {
  /** The cookies that it may see, in the kernel's encoding. */
  readonly cookies: string;
  /** The nonce that it needs to run, if any. */
  readonly nonce: string | null;
  /** Paths of the site's copies of pictures, by the URLs they replace, as JSON; null if none. */
  readonly icons: string | null;
}

/** The page script's tag, in ASCII; its text is the same in all pages. */
export function scriptTag({
  base,
  root,
  cookies,
  nonce,
  icons
}: IPageScriptData): Uint8Array {
  const attributes = Object.entries({
    'data-base': base,
    'data-root': root,
    'data-cookies': cookies,
    ...(icons === null ? {} : { 'data-icons': icons }),
    ...(nonce === null ? {} : { nonce })
  }).map(([name, value]) => ` ${name}="${escape(value)}"`);
  return new TextEncoder().encode(
    `<script${attributes.join('')}>${pageScript}</script>`
  );
}

let hash: Promise<string> | null = null;

/** The source expression with the page script's hash (CSP3, section 2.3.1). */
export function scriptHash(): Promise<string> {
  hash ??= crypto.subtle
    .digest('SHA-256', new TextEncoder().encode(pageScript))
    .then(digest => {
      const bytes = String.fromCharCode(...new Uint8Array(digest));
      return `'sha256-${btoa(bytes)}'`;
    });
  return hash;
}

/** Escape for double quotes; the data have all non-ASCII percent-encoded. */
function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
