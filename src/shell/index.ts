/** The shell: the page of a published app, which has its Python run and shows it in a frame. */

import { asFault, Fault } from './fault';
import { failure, notice } from './failure';
import { isInForeignPage, keepFramingHeaders, reload } from './foreign';
import { showApp } from './frame';
import { runSessions } from './life';
import { untilServedBy } from './owner';
import { Place, type IPage } from './page';
import { registerWorker } from './registration';
import { Screen } from './screen';
import { Session } from './session';
import {
  BLOCKED_FRAME,
  INSECURE_FRAME,
  NO_WORKER,
  whyUnsupported
} from './support';
import { first } from './until';
import { untilVisible } from './visible';

const isFramed = window !== window.parent;
const screen = new Screen();

async function start(page: IPage): Promise<void> {
  const place = new Place(page, location, isFramed);
  const unsupported = whyUnsupported(globalThis, location.origin);
  if (unsupported !== null) {
    const isOfFrame = [INSECURE_FRAME, NO_WORKER].includes(unsupported);
    throw new Fault(unsupported, '', isFramed && isOfFrame ? 'tab' : 'retry');
  }
  const isForeign = isInForeignPage(window);
  await navigator.locks.query().catch((error: unknown) => {
    throw isForeign
      ? new Fault(BLOCKED_FRAME, '', 'tab')
      : new Fault(NO_WORKER, String(error));
  });
  if (isForeign) {
    await keepFramingHeaders(place);
  }
  if (isFramed && !place.isEmbedded && !(await isAskedFor(place))) {
    // Elsewhere the app is shown below this page, which holds the lock of its headers.
    if (!isForeign) {
      return reloadNow(place);
    }
  }
  if (place.isEmbedded) {
    await untilVisible(document.documentElement);
  }
  let isShown = false;
  const session = new Session(place, screen, () => {
    if (!isShown) {
      isShown = true;
      showApp(place, () => screen.reveal());
    }
  });
  runSessions(session);
}

/**
 * Whether the reader wants the app to be started in a frame that shows pages of an app
 * that runs: in JupyterLab's panel, or in another shell, which starts it itself.
 *
 * @returns false as soon as it is served
 */
async function isAskedFor(place: Place): Promise<boolean> {
  const told = notice(
    `${place.title} is published on this site, but not running here.`,
    'Start it'
  );
  if (!isInShell()) {
    screen.tell(told, true);
  }
  return first<boolean>(
    new AbortController().signal,
    () => told.clicked.then(() => true),
    signal =>
      untilServedBy(place, ['runtime', 'notebook'], signal).then(() => false)
  ).finally(() => screen.dismiss());
}

/** This page is in the place of one of the app's, which can respond now. */
async function reloadNow(place: Place): Promise<void> {
  const [entry] = performance.getEntriesByType('navigation');
  const { type } = entry as PerformanceNavigationTiming;
  if (isInShell() && type === 'reload') {
    throw new Fault(
      'The service worker of the site does not answer in this window: close all tabs of ' +
        'this site, then open the app again.'
    );
  }
  // JupyterLite may just have removed the registration, on its own first visit.
  await registerWorker(place, navigator.serviceWorker);
  location.reload();
}

/** Whether this page is in the frame of another shell. */
function isInShell(): boolean {
  return isFramed && window.frameElement?.id === 'frame';
}

const page = globalThis.jupyterliteAsgiShell!;
start(page).catch((error: unknown) => {
  const fault = asFault(error);
  const { shown } = new Place(page, location, isFramed);
  const told = failure(fault, [], fault.remedy === 'tab' ? shown : null);
  screen.tell(told, true);
  void told.clicked.then(() => reload(window));
});
