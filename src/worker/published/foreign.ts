import { foreignLock } from '../../protocol';
import { isHeld } from '../kernel/locks';
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
  return FRAMES.has(destination) && isHeld(foreignLock(base, name));
}
