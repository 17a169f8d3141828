import { waitingScript } from '../_waiting';
import { escape, htmlPage } from './workerPages';

/**
 * A page for a navigation that a busy kernel did not begin. Its script is
 * `src/waiting/`; without scripts, it loads again every few seconds.
 *
 * @param base - the path of the site
 * @param sentence - what keeps the kernel busy
 * @param stoppable - whether an interrupt may end that
 */
export function waitingPage(
  base: string,
  app: string,
  sentence: string,
  stoppable: boolean
): Response {
  const body = `<noscript><meta http-equiv="refresh" content="3"></noscript>
<p id="sentence" role="status">${escape(sentence)}</p>
<p>This page loads by itself as soon as the kernel is free.</p>
<p><button id="stop"${stoppable ? '' : ' hidden'}>Stop it</button></p>
<script data-base="${escape(base)}" data-app="${escape(app)}">${waitingScript}</script>
`;
  return htmlPage(503, 'The kernel is busy', body, { 'retry-after': '3' });
}
