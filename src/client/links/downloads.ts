import type { IMount } from '../../prefix';

/** Saves what is at `url` as a file; false if that is the browser's to do. */
export type Download = (url: string, filename: string) => boolean;

/** Milliseconds that the browser has to read what it saves. */
const KEEP = 60_000;

/**
 * What downloads from the app where the browser asks no service worker for a
 * link with a `download` attribute, as Chromium does; null where it asks.
 *
 * @param mount - where the app is mounted
 * @param page - the page's window
 */
export function downloadFrom(
  mount: IMount,
  page: Pick<Window, 'document' | 'location' | 'navigator'>
): Download | null {
  // Nothing else tells; only Chromium has it.
  if (!('userAgentData' in page.navigator)) {
    return null;
  }
  return (url, filename) => {
    const { origin, pathname } = new URL(url);
    if (origin !== page.location.origin || !pathname.startsWith(mount.root)) {
      return false;
    }
    void save(page.document, url, filename);
    return true;
  };
}

async function save(
  page: Document,
  url: string,
  filename: string
): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(
      `${url} was not saved, for the app answered with ${response.status}: ` +
        'open it as a page to see what it says.'
    );
  }
  const link = page.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = filenameOf(response.headers) || filename || lastPart(url);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP);
}

/**
 * The name that a response gives its file (RFC 6266, section 4.3), which is
 * stronger than the link's (WHATWG HTML, "downloading hyperlinks"); empty if none.
 */
export function filenameOf(headers: Headers): string {
  const disposition = headers.get('content-disposition') ?? '';
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(
    disposition
  );
  if (extended?.[1] !== undefined) {
    return decode(extended[1]);
  }
  const plain = /;\s*filename\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s]+))/i.exec(
    disposition
  );
  return plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2] ?? '';
}

function lastPart(url: string): string {
  return decode(new URL(url).pathname.split('/').at(-1) ?? '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
