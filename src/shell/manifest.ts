/** Reads what the build says of the app. */

import { cacheName, FORMAT, manifestPath, type IManifest } from '../published';
import { Fault } from './fault';
import type { Place } from './page';

/** Where manifests are read from; `globalThis` is one. */
export interface ISources {
  readonly caches: Pick<CacheStorage, 'match'>;
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/**
 * The app's manifest: the browser's copy, whose files it has as well, else the site's.
 *
 * @throws Fault if there is none, or only one that this shell cannot read
 */
export async function loadManifest(
  place: Pick<Place, 'base' | 'site' | 'name' | 'title'>,
  { caches, fetch }: ISources
): Promise<IManifest> {
  const url = place.site + manifestPath(place.name);
  // No copy may be read in a window without storage.
  const copy = await caches
    .match(url, { cacheName: cacheName(place.base) })
    .then(response => response?.json() as Promise<unknown> | undefined)
    .catch(() => undefined);
  return isReadable(copy) ? copy : download(url, place.title, fetch);
}

async function download(
  url: string,
  title: string,
  fetch: ISources['fetch']
): Promise<IManifest> {
  const response = await fetch(url, { cache: 'no-cache' }).catch(
    (error: unknown) => {
      throw new Fault(
        `The site could not be reached to load ${title}: check the network, then try again.`,
        String(error)
      );
    }
  );
  if (!response.ok) {
    throw new Fault(
      response.status === 404
        ? `${title} is no longer published on this site: ask whoever publishes the site.`
        : `The site responded with an error to the request for ${title}: try again later.`,
      `${url}: ${response.status} ${response.statusText}`
    );
  }
  const manifest = (await response.json().catch(() => undefined)) as unknown;
  if (!isReadable(manifest)) {
    throw new Fault(
      `The description of ${title} on this site cannot be read by this page: reload it; ` +
        'if the error persists, the app must be published again.',
      url
    );
  }
  return manifest;
}

function isReadable(data: unknown): data is IManifest {
  const { format, scripts } = Object(data) as Partial<IManifest>;
  return format === FORMAT && typeof scripts?.runtime?.url === 'string';
}
