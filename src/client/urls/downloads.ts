import { filenameIn, textOf } from '../../filename';
import { decodeSegment, type IMount } from '../../mount';
import { SAVED } from '../../protocol';

/** Saves the resource at `url` as a file; returns false to leave that to the browser. */
export type Download = (url: string, filename: string) => boolean;

/** How many milliseconds the browser has to read the blob. */
const KEEP = 60_000;

/**
 * Make a function that downloads the targets of links with a `download` attribute.
 *
 * For such links Chromium bypasses the service worker, and Firefox sends a
 * navigation, so that the worker would insert the page script.
 */
export function downloadFrom(
  mount: IMount,
  page: Pick<Window, 'document' | 'location' | 'navigator'>
): Download {
  // Only Chromium has `userAgentData`.
  const save = 'userAgentData' in page.navigator ? fetchAndSave : saveUnchanged;
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

/** Let the browser save `url`; the fragment tells the worker not to change it. */
function saveUnchanged(
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
 * Save the resource at `url` as a file.
 *
 * @param filename - the link's; the response's takes precedence (WHATWG HTML,
 *   "downloading hyperlinks"), and the last part of the URL is the fallback
 * @throws Error if the app responds with an error status
 */
export async function fetchAndSave(
  page: Pick<Document, 'createElement'>,
  url: string,
  filename: string
): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(
      `Could not save ${url}, because the app responded with ` +
        `${response.status}: open the URL to see the response.`
    );
  }
  const link = page.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = filenameOf(response.headers) || filename || lastPart(url);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP);
}

function filenameOf(headers: Headers): string {
  // Chromium, the only browser that gets here, has UTF-8-encoded the bytes again.
  const disposition = textOf(headers.get('content-disposition') ?? '');
  const { plain, extended } = filenameIn(disposition);
  const [, encoded] = /^utf-8'[^']*'(.*)$/i.exec(extended ?? '') ?? [];
  return encoded === undefined ? (plain ?? '') : decodeSegment(encoded);
}

function lastPart(url: string): string {
  return decodeSegment(new URL(url).pathname.split('/').at(-1) ?? '');
}
