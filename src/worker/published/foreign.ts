import { foreignLock } from '../../protocol';
import { FRAMES } from '../response/frameAncestors';

/**
 * Whether a request of the published app `name` may be for a frame within a page of another
 * origin: one shows the app, and the browser does not say whose frame it is.
 */
export async function isForForeignPage(
  { destination }: Pick<Request, 'destination'>,
  base: string,
  name: string
): Promise<boolean> {
  if (!FRAMES.has(destination)) {
    return false;
  }
  const { held = [] } = await navigator.locks.query();
  const lock = foreignLock(base, name);
  return held.some(({ name }) => name === lock);
}
