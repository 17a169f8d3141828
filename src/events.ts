/**
 * Events of served apps. A kernel sends them on a comm with the target `jupyterlite-asgi`, opened
 * by `starting` and closed when no more follow; closing it is not an event.
 *
 * The Python side declares the same; both test suites read the samples in `tests/events.json`.
 */

/** Where to show an app when it is served. */
export type Place = 'panel' | 'inline' | 'tab' | 'none';

interface IEvent<Type extends string> {
  readonly type: Type;
  readonly name: string;
  /** The app's URL, ending with a slash. */
  readonly url: string;
}

/** The app runs; or it failed to start, and responds with the reason. */
export interface IStart extends IEvent<'served' | 'failed'> {
  readonly open: Place;
}

/** The app is starting, for the first time or in place of another. */
export type IStarting = IEvent<'starting'>;

/** The app was stopped, or another notebook took over its name. */
export type IEnd = IEvent<'stopped' | 'taken'>;

export interface IRequestFinished extends IEvent<'request-finished'> {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Milliseconds since the epoch. */
  readonly started: number;
  /** Milliseconds. */
  readonly duration: number;
}

export type AppEvent = IStarting | IStart | IEnd | IRequestFinished;

/** The fields of each event besides the common ones. */
const FIELDS: Readonly<Record<AppEvent['type'], readonly string[]>> = {
  starting: [],
  served: ['open'],
  failed: ['open'],
  stopped: [],
  taken: [],
  'request-finished': ['method', 'path', 'status', 'started', 'duration']
};

/** Whether `data` is an event; additional fields are ignored. */
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
