/** Runs the worker in which the app's Python lives. */

import type {
  FromRuntime,
  IAskUse,
  IProgress,
  IReady,
  IStart,
  IUse
} from '../published';
import { Fault } from './fault';
import type { Place } from './page';

/** Who looks at a runtime. */
export interface IObserver {
  progress(progress: IProgress): void;
  log(text: string): void;
  /** Nothing has been heard of the start for a while, which may go on. */
  stalled(): void;
  /** @param ask - returns how the app is used, once its Python is not busy */
  ready(ready: IReady, ask: () => Promise<IUse>): void;
}

/** Makes a worker; `Worker` is one. */
export type WorkerType = new (
  url: string,
  options: WorkerOptions
) => Pick<
  Worker,
  'postMessage' | 'terminate' | 'onmessage' | 'onerror' | 'onmessageerror'
>;

/** Milliseconds without progress after which the page says so. */
const PATIENCE = 30_000;

type Ending = 'lost' | 'again';

/**
 * Run the app until a notebook has taken its name over.
 *
 * @param signal - ends the runtime
 * @throws Fault if the app did not start; the signal's reason
 */
export async function runApp(
  place: Pick<Place, 'site' | 'title'>,
  order: Pick<IStart, 'manifest' | 'reload'>,
  observer: IObserver,
  signal: AbortSignal,
  type: WorkerType = Worker
): Promise<void> {
  for (const plain of [false, true]) {
    const ending = await run(
      place,
      { ...order, plain },
      observer,
      signal,
      type
    );
    if (ending === 'lost') {
      return;
    }
  }
  throw new Fault(
    `${place.title} could not be started, neither from a copy of its memory nor without ` +
      'one: try again; if the error persists, clear the data of this site.'
  );
}

function run(
  { site, title }: Pick<Place, 'site' | 'title'>,
  order: Pick<IStart, 'manifest' | 'plain' | 'reload'>,
  observer: IObserver,
  signal: AbortSignal,
  type: WorkerType
): Promise<Ending> {
  signal.throwIfAborted();
  const { url } = order.manifest.scripts.runtime;
  // No copy of it, which may be damaged, has a query.
  const urls = order.reload ? [`${url}?${Date.now()}`, url] : [url];
  let worker: InstanceType<WorkerType>;
  let isHeard = false;
  let isReady = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = isReady
      ? undefined
      : setTimeout(() => observer.stalled(), PATIENCE);
  };
  let answered = (_use: IUse) => {};
  const ask = () =>
    new Promise<IUse>(resolve => {
      answered = resolve;
      const question: IAskUse = { type: 'use' };
      worker.postMessage(question);
    });
  return new Promise<Ending>((resolve, reject) => {
    const hear = (message: FromRuntime) => {
      isHeard = true;
      wait();
      switch (message.type) {
        case 'progress':
          return observer.progress(message);
        case 'log':
          return observer.log(message.text);
        case 'ready':
          isReady = true;
          wait();
          return observer.ready(message, ask);
        case 'use':
          return answered(message);
        case 'again':
          observer.log(message.reason);
          return resolve('again');
        case 'lost':
          return resolve('lost');
        case 'failed':
          return reject(new Fault(message.sentence, message.detail));
      }
    };
    const fail = (detail: string) =>
      isReady
        ? observer.log(detail) // the app still serves
        : reject(
            new Fault(
              `Python could not be loaded to start ${title}: check the network, then try ` +
                'again; if the error persists, the app must be published again.',
              detail
            )
          );
    const start: IStart = { type: 'start', base: site, ...order };
    const open = ([url = '', ...others]: string[]) => {
      worker = new type(site + url, { type: 'module', name: title });
      worker.onmessage = ({ data }) => hear(data as FromRuntime);
      worker.onmessageerror = () =>
        fail('A message of the runtime is unreadable.');
      worker.onerror = ({ message, filename, lineno }) => {
        if (!isHeard && others.length > 0) {
          worker.terminate();
          open(others);
        } else {
          fail(
            message ? `${message} (${filename}:${lineno})` : `${site}${url}`
          );
        }
      };
      worker.postMessage(start);
    };
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    open(urls);
    wait();
  }).finally(() => {
    isReady = true;
    wait();
    worker.terminate();
  });
}
