import { client } from '../../_client';
import type { IMount } from '../../mount';

/** What the page script is given in its attributes. */
export interface IPageScriptData extends IMount {
  /** The cookies that it may see, as the kernel encoded them. */
  readonly cookies: string;
  /** The nonce by which it may run; null if it needs none. */
  readonly nonce: string | null;
  /** Paths of pictures of the site by the URLs that they stand for, as JSON; null if it has none. */
  readonly icons: string | null;
}

/** The tag of the page script, in ASCII; its text is the same in all pages. */
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
    `<script${attributes.join('')}>${client}</script>`
  );
}

let hash: Promise<string> | null = null;

/** The source expression that lets the page script run by its hash (CSP3, section 2.3.1). */
export function scriptHash(): Promise<string> {
  hash ??= crypto.subtle
    .digest('SHA-256', new TextEncoder().encode(client))
    .then(digest => {
      const bytes = String.fromCharCode(...new Uint8Array(digest));
      return `'sha256-${btoa(bytes)}'`;
    });
  return hash;
}

/** A value for double quotes. All but ASCII is percent-encoded in the data. */
function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
