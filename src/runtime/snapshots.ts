/** Where a start finds a snapshot. */

import type { IManifest, IReady } from '../published';
import type { Downloads } from './downloads';
import type { IHeap, IStoredSnapshot } from './snapshot';
import { chunksOf, type Store } from './store';

export interface IFoundSnapshot {
  readonly from: Exclude<IReady['from'], 'bundle'>;
  readonly snapshot: IStoredSnapshot;
}

/**
 * Megabits per second from which on it takes less time to load the build's snapshot than
 * to start Python without; it has about 4 MB more than the bundle, and saves about a
 * second.
 */
export const WORTHWHILE = 30;

/**
 * The visitor's own snapshot, or else the build's, if it is stored or quickly loaded.
 *
 * @param speed - the connection's, in megabits per second
 */
export async function findSnapshot(
  manifest: IManifest,
  store: Store,
  downloads: Downloads,
  speed: Promise<number>
): Promise<IFoundSnapshot | null> {
  const own = await store.snapshot(manifest);
  if (own !== null) {
    return { from: 'own snapshot', snapshot: own };
  }
  const built = manifest.snapshot;
  if (built === null) {
    return null;
  }
  const stored = (await store.match(built.data.url)) !== undefined;
  if (!stored && (await speed) < WORTHWHILE) {
    return null;
  }
  const [head, data] = await Promise.all([
    downloads.bytes(built.head),
    downloads.open(built.data)
  ]);
  return {
    from: 'snapshot of the build',
    snapshot: {
      head: JSON.parse(new TextDecoder().decode(head)) as IHeap,
      chunks: chunksOf(data)
    }
  };
}
