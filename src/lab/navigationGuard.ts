/** Keeps JupyterLab in its window when an app that it shows navigates `top` or `parent`. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';

import { addPrefix, mountOf, PREFIX } from '../mount';
import { isJupyterLite, siteUrl } from './site';
import { resubmit } from './resubmit';

/** The part of the Navigation API (WHATWG HTML) that we use; TypeScript does not declare it. */
interface INavigateEvent extends Event {
  readonly navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  readonly destination: {
    readonly url: string;
    readonly sameDocument: boolean;
  };
  /** Null unless a form is posted. */
  readonly formData: FormData | null;
  readonly downloadRequest: string | null;
  /** The link, form or button that was activated; null for a script's navigation. */
  readonly sourceElement: Element | null;
}

/** A window, as far as the guard needs it. */
export type GuardedWindow = Window &
  typeof globalThis & {
    readonly navigation?: EventTarget;
    readonly NavigateEvent?: { readonly prototype: object };
  };

export const navigationGuard: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlite-asgi:navigation-guard',
  description: 'Keeps JupyterLab in its window when an app navigates it.',
  autoStart: true,
  activate: (_: JupyterFrontEnd) => {
    if (isJupyterLite() && canGuard(window)) {
      guardNavigations(window, siteUrl());
    }
  }
};

/**
 * Whether the browser lets a window notice what navigates it. If not, frames with apps
 * need a sandbox, in which Chromium shows no PDFs.
 */
export function canGuard(window: GuardedWindow): boolean {
  return (
    window.navigation !== undefined &&
    'sourceElement' in (window.NavigateEvent?.prototype ?? {})
  );
}

/**
 * Lead the navigations of `window` by apps into the frames of those apps, and ask before
 * a page of another origin in such a frame, whose navigations are not announced,
 * replaces the window.
 *
 * @param site - the URL of the site
 */
export function guardNavigations(window: GuardedWindow, site: string): void {
  const frames = () =>
    [...window.document.querySelectorAll('iframe')].filter(({ src }) =>
      src.startsWith(site + PREFIX)
    );
  window.navigation?.addEventListener('navigate', dispatched => {
    const event = dispatched as INavigateEvent;
    const isOther =
      event.cancelable &&
      !event.destination.sameDocument &&
      event.navigationType !== 'traverse' &&
      event.downloadRequest === null;
    const frame = isOther ? initiator(event, frames(), window, site) : null;
    if (frame !== null) {
      event.preventDefault();
      navigate(frame, event, window, site);
    }
  });
  window.addEventListener('beforeunload', event => {
    if (frames().some(hasForeign)) {
      event.preventDefault();
    }
  });
}

/** The frame whose app navigates the window; null if something else does. */
function initiator(
  { sourceElement, destination }: INavigateEvent,
  frames: readonly HTMLIFrameElement[],
  window: Window,
  site: string
): HTMLIFrameElement | null {
  if (sourceElement !== null) {
    const source = sourceElement.ownerDocument.defaultView;
    return frames.find(frame => contains(frame, source)) ?? null;
  }
  const running = runningScripts();
  const isIn = (frame: HTMLIFrameElement, urls: readonly string[]) =>
    urls.some(url => url.startsWith(frame.src));
  const app = frames.find(frame => isIn(frame, running));
  if (app !== undefined || running.some(url => isLabScript(url, site))) {
    return app ?? null;
  }
  // A string passed to `setTimeout`, for instance, runs without a URL.
  const focused = window.document.activeElement;
  return (
    frames.find(frame => frame === focused) ??
    frames.find(frame => isIn(frame, [destination.url])) ??
    frames[0] ??
    null
  );
}

function contains(frame: HTMLIFrameElement, source: Window | null): boolean {
  let inner = source;
  while (inner !== null && inner !== inner.parent) {
    if (inner === frame.contentWindow) {
      return true;
    }
    inner = inner.parent;
  }
  return false;
}

/**
 * The URLs of the scripts whose functions are running, of all windows of this origin.
 * Firefox appends, after an asterisk, the functions that scheduled them.
 */
function runningScripts(): string[] {
  const [stack = ''] = (new Error().stack ?? '').split(/^.*\*.*@/m);
  const urls = stack.match(/\bhttps?:\/\/[^\s)]+(?=:\d+:\d+)/g) ?? [];
  return urls.filter(url => url !== urls[0]); // not this module
}

/** Whether a script belongs to JupyterLab or its extensions. */
function isLabScript(url: string, site: string): boolean {
  return ['fullStaticUrl', 'fullLabextensionsUrl']
    .map(option => new URL(PageConfig.getOption(option), site).href)
    .some(folder => url.startsWith(`${folder}/`));
}

/** Do in a frame what would have been done to the window. */
function navigate(
  frame: HTMLIFrameElement,
  { destination, formData, navigationType, sourceElement }: INavigateEvent,
  { location }: Window,
  site: string
): void {
  const page = frame.contentWindow!;
  const base = new URL(site).pathname;
  const [name = ''] = frame.src.slice((site + PREFIX).length).split('/', 1);
  const mount = mountOf(base, decodeURIComponent(name));
  const given = new URL(destination.url);
  const url = addPrefix(given, location.origin, mount) ?? given;
  if (formData !== null && sourceElement !== null) {
    resubmit(sourceElement, formData, url.href, page.document);
  } else if (navigationType === 'reload' || isSame(url.href, location.href)) {
    page.location.reload();
  } else if (isSame(url.href, page.location.href)) {
    // A page that leaves frames would be loaded again and again.
  } else if (navigationType === 'replace') {
    page.location.replace(url.href);
  } else {
    page.location.assign(url.href);
  }
}

function isSame(one: string, other: string): boolean {
  return one.split('#', 1)[0] === other.split('#', 1)[0];
}

/** Whether a frame, or one in it, shows a page of another origin that may leave it. */
function hasForeign(frame: HTMLIFrameElement): boolean {
  const { contentDocument, sandbox } = frame;
  const isKept =
    frame.hasAttribute('sandbox') &&
    ![...sandbox].some(token => token.startsWith('allow-top-navigation'));
  return (
    !isKept &&
    (contentDocument === null ||
      [...contentDocument.querySelectorAll('iframe')].some(hasForeign))
  );
}
