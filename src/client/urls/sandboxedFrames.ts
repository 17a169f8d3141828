import { PREFIX } from '../../mount';
import type { Rewrite } from './rewrite';

const FRAMES = 'iframe[sandbox][src]';

/** The site that frames may show pages of, and the page that they are in. */
interface IPlace {
  /** The path of the site. */
  readonly base: string;
  readonly origin: string;
}

/**
 * Show apps' pages in frames with a sandbox that gives them an opaque origin: no service
 * worker sees the requests of such a frame. So this page fetches the frame's page, and
 * passes it as `srcdoc`; the sandbox stays.
 */
export function fillSandboxedFrames(
  tree: Document | ShadowRoot,
  rewrite: Rewrite,
  place: IPlace
): void {
  /** The URL whose page each frame shows, or waits for. */
  const filled = new WeakMap<HTMLIFrameElement, string>();
  /** Called when a frame has loaded the empty document. */
  const waiting = new WeakMap<EventTarget, () => void>();

  const fill = async (frame: HTMLIFrameElement, url: string) => {
    filled.set(frame, url);
    const emptied = new Promise<void>(resolve => waiting.set(frame, resolve));
    frame.srcdoc = ''; // cancels the futile request to the host
    const [text] = await Promise.all([fetchPage(url), emptied]);
    if (filled.get(frame) === url) {
      frame.srcdoc = text;
    }
  };

  const update = (frame: HTMLIFrameElement) => {
    const url = isOpaque(frame) ? pageIn(frame, rewrite, place) : null;
    if (url !== null && (filled.has(frame) || !frame.hasAttribute('srcdoc'))) {
      void fill(frame, url);
    } else if (filled.delete(frame)) {
      frame.removeAttribute('srcdoc');
    }
  };

  new MutationObserver(records => {
    const changed = records.flatMap(({ type, target, addedNodes }) =>
      (type === 'attributes' ? [target] : [...addedNodes]).flatMap(framesIn)
    );
    new Set(changed).forEach(update);
  }).observe(tree, {
    attributeFilter: ['sandbox', 'src'],
    childList: true,
    subtree: true
  });

  // The page must not take the empty document for the frame's.
  tree.addEventListener(
    'load',
    event => {
      const resolve = event.target && waiting.get(event.target);
      if (event.target && resolve) {
        event.stopImmediatePropagation();
        waiting.delete(event.target);
        resolve();
      }
    },
    true
  );
}

function framesIn(node: Node): HTMLIFrameElement[] {
  if (!(node instanceof Element)) {
    return [];
  }
  const frames = [...node.querySelectorAll<HTMLIFrameElement>(FRAMES)];
  return node instanceof HTMLIFrameElement ? [node, ...frames] : frames;
}

function isOpaque(frame: HTMLIFrameElement): boolean {
  return (
    frame.hasAttribute('sandbox') &&
    !frame.sandbox.contains('allow-same-origin')
  );
}

/** The URL of an app's page that a frame should show; null if it should show another. */
function pageIn(
  frame: HTMLIFrameElement,
  rewrite: Rewrite,
  { base, origin }: IPlace
): string | null {
  const source = frame.getAttribute('src') ?? '';
  if (source === '' || !URL.canParse(source, frame.baseURI)) {
    return null;
  }
  const url = rewrite(source) ?? new URL(source, frame.baseURI).href;
  return url.startsWith(`${origin}${base}${PREFIX}`) ? url : null;
}

/** The text of a document for `url`, which says so if it cannot be shown. */
async function fetchPage(url: string): Promise<string> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    });
    const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
    const head = headOf(response);
    if (/^text\/html$/i.test(type)) {
      return withHead(await response.text(), head);
    }
    if (/^(text\/|application\/json$)/i.test(type)) {
      return `${head}<pre>${escape(await response.text())}</pre>`;
    }
    if (/^image\//i.test(type)) {
      return `${head}<img src="${await dataUrl(await response.blob())}">`;
    }
  } catch {
    // The app cannot be reached.
  }
  return (
    '<!doctype html><p>This frame cannot be shown, because its sandbox separates ' +
    'it from the app: add allow-same-origin to its sandbox attribute.'
  );
}

/** What the response's URL and policies mean for a document that has neither. */
function headOf({ url, headers }: Response): string {
  const policies = headers.get('content-security-policy');
  const meta =
    policies === null
      ? ''
      : `<meta http-equiv="Content-Security-Policy" content="${escape(policies)}">`;
  return `${meta}<base href="${escape(url)}">`;
}

/** Insert elements at the head of a page, after its doctype. */
function withHead(page: string, head: string): string {
  const doctype = /^\ufeff?\s*(?:<[!]--[^]*?-->\s*)*<!doctype[^>]*>/i.exec(
    page
  );
  const end = doctype?.[0].length ?? 0;
  return page.slice(0, end) + head + page.slice(end);
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(new TypeError('the image cannot be read'));
    reader.readAsDataURL(blob);
  });
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, found => `&#${found.charCodeAt(0)};`);
}
