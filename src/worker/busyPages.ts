/** Responses in place of one from a kernel that is too busy. */

import { busyStatus } from './kernel/busyKernels';
import { waitingElements } from './waitingElements';
import { escape, htmlPage } from './workerPages';

const TITLE = 'The kernel is busy';

const HEADERS = { 'retry-after': '3' };

/** The kernel of `app` did not answer in time. */
export function busyPage(app: string): Response {
  const { sentence, stoppable } = busyStatus(app);
  const remedy = ' Interrupt it in JupyterLab, then try again.';
  return staticPage(stoppable ? sentence + remedy : sentence);
}

/** The kernel of `app` has not run the request in time, and will not. */
export function expiredPage(app: string): Response {
  return staticPage(
    `The kernel of ${app} was busy until this request expired, and did not run it: try again.`
  );
}

function staticPage(sentence: string): Response {
  return htmlPage(503, TITLE, `<p>${escape(sentence)}</p>\n`, HEADERS);
}

/**
 * The kernel of `app` did not begin a navigation, which the page repeats once it is free.
 *
 * @param base - the path of the site
 */
export function waitingPage(base: string, app: string): Response {
  const { sentence, stoppable } = busyStatus(app);
  const body = `<p id="sentence" role="status">${escape(sentence)}</p>
<p>This page loads by itself as soon as the kernel is free.</p>
<p><button id="stop"${stoppable ? '' : ' hidden'}>Stop it</button></p>
${waitingElements(base, app, { until: 'free' })}`;
  return htmlPage(503, TITLE, body, HEADERS);
}
