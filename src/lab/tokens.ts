/** Ids and interfaces that the parts of the extension share; no side effects. */

import type { ReadonlyJSONValue } from '@lumino/coreutils';

/** The ids of our plugins. */
export const PLUGINS = {
  panels: 'jupyterlite-asgi:panels',
  kernelHint: 'jupyterlite-asgi:kernel-hint',
  workerUpdate: 'jupyterlite-asgi:worker-update'
};

/** Where an app is shown when it is served. */
export type Place = 'panel' | 'inline' | 'tab' | 'none';

/** What the kernel tells of a served app. */
export interface IServedApp {
  readonly name: string;
  /** Where the app answers, with a slash at its end. */
  readonly url: string;
  readonly open: Place;
  readonly state: 'running' | 'failed';
}

/** Whether the data of a comm message tell that another notebook has taken the app's name. */
export function isTaken(data: ReadonlyJSONValue | undefined): boolean {
  return (
    typeof data === 'object' &&
    data !== null &&
    (data as { state?: ReadonlyJSONValue }).state === 'taken'
  );
}

/** Whether the data of a comm message tell of a served app. */
export function isServedApp(
  data: ReadonlyJSONValue | undefined
): data is ReadonlyJSONValue & IServedApp {
  if (typeof data !== 'object' || data === null) {
    return false;
  }
  const { name, url, open, state } = data as Partial<IServedApp>;
  return [name, url, open, state].every(field => typeof field === 'string');
}
