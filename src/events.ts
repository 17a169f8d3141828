/**
 * What happens to a served app. Its kernel says so on a comm of target `jupyterlite-asgi`, which
 * `served` or `failed` opens and which is closed when no more will come; closing alone says nothing.
 *
 * The Python side declares the same; `tests/events.json` holds a sample of each and both test
 * suites read it.
 */

/** Where an app is shown when it is served. */
export type Place = 'panel' | 'inline' | 'tab' | 'none';

interface IAppEvent<Type extends string> {
  readonly type: Type;
  /** The app's name. */
  readonly name: string;
  /** Where the app answers, with a slash at its end. */
  readonly url: string;
}

/** The app runs. */
export interface IServed extends IAppEvent<'served'> {
  readonly open: Place;
}

/** The app did not start, and answers with the reason. */
export interface IFailed extends IAppEvent<'failed'> {
  readonly open: Place;
}

/** The app was stopped. */
export type IStopped = IAppEvent<'stopped'>;

/** Another notebook has taken the name over. */
export type ITaken = IAppEvent<'taken'>;

/** A request was answered, or given up. */
export interface IRequestFinished extends IAppEvent<'request-finished'> {
  readonly method: string;
  /** As the app sees it, below its root. */
  readonly path: string;
  readonly status: number;
  /** In milliseconds since the epoch. */
  readonly started: number;
  /** In milliseconds. */
  readonly duration: number;
}

export type AppEvent = IServed | IFailed | IStopped | ITaken | IRequestFinished;

/** The types of the fields that an event has besides `type`, `name` and `url`. */
const FIELDS: Readonly<
  Record<AppEvent['type'], Readonly<Record<string, 'number' | 'string'>>>
> = {
  served: { open: 'string' },
  failed: { open: 'string' },
  stopped: {},
  taken: {},
  'request-finished': {
    method: 'string',
    path: 'string',
    status: 'number',
    started: 'number',
    duration: 'number'
  }
};

/** Whether `data` is an event; fields that we do not know are ignored. */
export function isAppEvent(data: unknown): data is AppEvent {
  if (typeof data !== 'object' || data === null) {
    return false;
  }
  const event = data as Readonly<Record<string, unknown>>;
  if (typeof event.type !== 'string' || !Object.hasOwn(FIELDS, event.type)) {
    return false;
  }
  const fields = FIELDS[event.type as AppEvent['type']];
  return Object.entries({ name: 'string', url: 'string', ...fields }).every(
    ([field, type]) => typeof event[field] === type
  );
}
