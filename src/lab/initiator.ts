/** Finds the app that does something to the lab's window. */

import { PageConfig } from '@jupyterlab/coreutils';

import { PREFIX } from '../mount';

/** The frames of `window` that show apps; `site` is the URL of the site. */
export function appFrames(window: Window, site: string): HTMLIFrameElement[] {
  return [...window.document.querySelectorAll('iframe')].filter(({ src }) =>
    src.startsWith(site + PREFIX)
  );
}

/**
 * The frame of the app whose script is running; null if it is a script of the lab, and
 * undefined if that is unknown.
 */
export function caller(
  window: Window,
  site: string
): HTMLIFrameElement | null | undefined {
  const frames = appFrames(window, site);
  const running = runningScripts();
  const app = frames.find(({ src }) =>
    running.some(url => url.startsWith(src))
  );
  if (app !== undefined || running.some(url => isLabScript(url, site))) {
    return app ?? null;
  }
  // A string passed to `setTimeout`, for instance, runs without a URL.
  const focused = window.document.activeElement;
  return frames.find(frame => frame === focused);
}

/** Whether the window `source` is in `frame`, or in a frame in it. */
export function framed(
  source: Window | null,
  frame: HTMLIFrameElement
): boolean {
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
