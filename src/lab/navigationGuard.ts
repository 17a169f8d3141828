/** Keeps JupyterLab in its window when an app that it shows navigates `top` or `parent`. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { addPrefix, mountOf, PREFIX } from '../mount';
import { guardMethods } from './methodGuard';
import { appFrames, caller, framed } from './initiator';
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
  guardMethods(window, site);
  window.navigation?.addEventListener('navigate', dispatched => {
    const event = dispatched as INavigateEvent;
    const isOther =
      event.cancelable &&
      !event.destination.sameDocument &&
      event.navigationType !== 'traverse' &&
      event.downloadRequest === null;
    const frame = isOther ? initiator(event, window, site) : null;
    if (frame !== null) {
      event.preventDefault();
      navigate(frame, event, window, site);
    }
  });
  window.addEventListener('beforeunload', event => {
    if (appFrames(window, site).some(hasForeign)) {
      event.preventDefault();
    }
  });
}

/** The frame whose app navigates the window; null if something else does. */
function initiator(
  { sourceElement, destination }: INavigateEvent,
  window: Window,
  site: string
): HTMLIFrameElement | null {
  const frames = appFrames(window, site);
  if (sourceElement !== null) {
    const source = sourceElement.ownerDocument.defaultView;
    return frames.find(frame => framed(source, frame)) ?? null;
  }
  const found = caller(window, site);
  return found !== undefined
    ? found
    : (frames.find(({ src }) => destination.url.startsWith(src)) ??
        frames[0] ??
        null);
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
