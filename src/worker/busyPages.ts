/** Responses in place of one from a kernel that is too busy. */

import { busyStatus } from './kernel/busyKernels';
import { isPublished } from './published/apps';
import { subjectOf } from './sentences';
import { waitingElements } from './waitingElements';
import { escape, htmlPage } from './workerPages';

const HEADERS = { 'retry-after': '3' };

/** The kernel of `app` did not answer in time. */
export function busyPage(app: string): Response {
  const { sentence, stoppable } = busyStatus(app);
  const remedy = isPublished(app)
    ? ' Try again later.'
    : ' Interrupt it in JupyterLab, then try again.';
  return staticPage(app, stoppable ? sentence + remedy : sentence);
}

/** The kernel of `app` has not run the request in time, and will not. */
export function expiredPage(app: string): Response {
  return staticPage(
    app,
    `${subjectOf(app)} was busy until this request expired, and did not run it: try again.`
  );
}

function titleFor(app: string): string {
  return `The ${isPublished(app) ? 'app' : 'kernel'} is busy`;
}

function staticPage(app: string, sentence: string): Response {
  return htmlPage(503, titleFor(app), `<p>${escape(sentence)}</p>\n`, HEADERS);
}

/**
 * The kernel of `app` did not begin a navigation, which the page repeats once it is free.
 *
 * @param base - the path of the site
 */
export function waitingPage(base: string, app: string): Response {
  const { sentence, stoppable } = busyStatus(app);
  const body = `<p id="sentence" role="status">${escape(sentence)}</p>
<p>This page loads by itself as soon as the ${isPublished(app) ? 'app' : 'kernel'} is free.</p>
<p><button id="stop"${stoppable ? '' : ' hidden'}>Stop it</button></p>
${waitingElements(base, app, { until: 'free' })}`;
  return htmlPage(503, titleFor(app), body, HEADERS);
}
