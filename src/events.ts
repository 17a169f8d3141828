/**
 * What happens to a served app. Its kernel says so on a comm of target `jupyterlite-asgi`, which
 * `served` or `failed` opens and which is closed when no more will come; closing alone says nothing.
 *
 * The Python side declares the same; `tests/events.json` holds a sample of each and both test
 * suites read it.
 */

/** Where an app is shown when it is served. */
export type Place = 'panel' | 'inline' | 'tab' | 'none';

interface IEvent<Type extends string> {
  readonly type: Type;
  readonly name: string;
  /** Where the app answers, with a slash at its end. */
  readonly url: string;
}

/** The app runs, or it did not start and answers with the reason. */
export interface IStart extends IEvent<'served' | 'failed'> {
  readonly open: Place;
}

/** The app was stopped, or another notebook has taken its name over. */
export type IEnd = IEvent<'stopped' | 'taken'>;

/** A request was answered. */
export interface IRequestFinished extends IEvent<'request-finished'> {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** In milliseconds since the epoch. */
  readonly started: number;
  /** In milliseconds. */
  readonly duration: number;
}

export type AppEvent = IStart | IEnd | IRequestFinished;

/** The fields of each event besides those that all have. */
const FIELDS: Readonly<Record<AppEvent['type'], readonly string[]>> = {
  served: ['open'],
  failed: ['open'],
  stopped: [],
  taken: [],
  'request-finished': ['method', 'path', 'status', 'started', 'duration']
};

/** Whether `data` is an event; other fields than its own are ignored. */
export function isAppEvent(data: unknown): data is AppEvent {
  const event = Object(data) as Readonly<Record<string, unknown>>;
  if (typeof event.type !== 'string' || !Object.hasOwn(FIELDS, event.type)) {
    return false;
  }
  const fields = FIELDS[event.type as AppEvent['type']];
  return ['name', 'url', ...fields].every(field =>
    ['string', 'number'].includes(typeof event[field])
  );
}
