import { filenameIn, textOf } from '../../filename';
import type { IMount } from '../../mount';
import { SAVED } from '../../protocol';

/** Saves what is at `url` as a file; false if that is the browser's to do. */
export type Download = (url: string, filename: string) => boolean;

/** Milliseconds that the browser has to read what it saves. */
const KEEP = 60_000;

/**
 * Make the function that downloads from the app the target of a link with a
 * `download` attribute.
 *
 * For such links Chromium bypasses the service worker, and Firefox requests a
 * page, which would get the page script.
 *
 * @param mount - where the app is mounted
 * @param page - the page's window
 */
export function downloadFrom(
  mount: IMount,
  page: Pick<Window, 'document' | 'location' | 'navigator'>
): Download {
  // Nothing else tells; only Chromium has it.
  const save = 'userAgentData' in page.navigator ? fetchAndSave : saveAsItIs;
  return (url, filename) => {
    const { hash, origin, pathname } = new URL(url);
    if (
      hash === SAVED ||
      origin !== page.location.origin ||
      !pathname.startsWith(mount.root)
    ) {
      return false;
    }
    void save(page.document, url, filename);
    return true;
  };
}

/** The worker sees the fragment. */
function saveAsItIs(
  page: Pick<Document, 'createElement'>,
  url: string,
  filename: string
): void {
  const link = page.createElement('a');
  link.href = url;
  link.hash = SAVED;
  link.download = filename;
  link.click();
}

/**
 * Save what is at `url` as a file.
 *
 * @param page - the page's document
 * @param filename - what the link says; the response's own is stronger (WHATWG
 *   HTML, "downloading hyperlinks"), the last part of the URL weaker
 * @throws if the app answers with anything but a file
 */
export async function fetchAndSave(
  page: Pick<Document, 'createElement'>,
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

function filenameOf(headers: Headers): string {
  // Chromium, for which we do this, has encoded once more what the worker gave.
  const given = textOf(headers.get('content-disposition') ?? '');
  const { plain, extended } = filenameIn(given);
  const [, encoded] = /^utf-8'[^']*'(.*)$/i.exec(extended ?? '') ?? [];
  return encoded === undefined ? (plain ?? '') : decode(encoded);
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
