import { waitingScript } from '../_waiting';
import { escape } from './workerPages';

/** What a page waits for, before it loads again. */
interface IWaits {
  /** `free`: the kernel of the app is free; `served`: a kernel serves the app. */
  readonly until: 'free' | 'served';
  /** The client that serves the app now, and has to be replaced by another. */
  readonly holder?: string;
}

/** Whether the browser can send the request again by loading the page again. */
export function isRepeatable({
  method,
  mode
}: Pick<Request, 'method' | 'mode'>): boolean {
  return method === 'GET' && mode === 'navigate';
}

/**
 * Elements at the end of a page for a navigation that can be repeated, whose script is
 * `src/waiting/`; without scripts, the page loads again every few seconds.
 *
 * The link has no referrer, by which the worker would take it for one inside the app.
 *
 * @param base - the path of the site
 */
export function waitingElements(
  base: string,
  app: string,
  { until, holder = '' }: IWaits
): string {
  const data = { base, app, until, holder };
  const attributes = Object.entries(data)
    .map(([name, value]) => ` data-${name}="${escape(value)}"`)
    .join('');
  return `<noscript><meta http-equiv="refresh" content="3"></noscript>
<p><button id="remedy" hidden></button></p>
<p id="lab" hidden><a href="${escape(base)}" rel="noreferrer">Open JupyterLite</a></p>
<script${attributes}>${waitingScript}</script>
`;
}
