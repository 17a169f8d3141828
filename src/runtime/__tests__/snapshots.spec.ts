import type { IManifest } from '../../published';
import type { Downloads } from '../downloads';
import { findSnapshot, WORTHWHILE } from '../snapshots';
import type { Store } from '../store';

const built = {
  head: { url: 'head', size: 1 },
  data: { url: 'data', size: 1 }
};

async function find(options: {
  own?: boolean;
  stored?: boolean;
  speed?: number;
  snapshot?: typeof built | null;
}): Promise<string | undefined> {
  const { own, stored, speed = 0, snapshot = built } = options;
  const store = {
    snapshot: () => Promise.resolve(own ? { head: {}, chunks: [] } : null),
    match: () => Promise.resolve(stored ? new Response() : undefined)
  } as unknown as Store;
  const downloads = {
    bytes: () => Promise.resolve(new TextEncoder().encode('{}')),
    open: () => Promise.resolve(new Response('data').body!)
  } as unknown as Downloads;
  const manifest = { snapshot } as unknown as IManifest;
  const found = await findSnapshot(
    manifest,
    store,
    downloads,
    Promise.resolve(speed)
  );
  return found?.from;
}

describe('findSnapshot', () => {
  it("prefers the visitor's own", async () => {
    expect(await find({ own: true, stored: true })).toBe('own snapshot');
  });

  it("takes the build's if it is stored", async () => {
    expect(await find({ stored: true })).toBe('snapshot of the build');
  });

  it("loads the build's by a fast connection only", async () => {
    expect(await find({ speed: WORTHWHILE })).toBe('snapshot of the build');
    expect(await find({ speed: WORTHWHILE - 1 })).toBeUndefined();
  });

  it('finds none where there is none', async () => {
    expect(await find({ snapshot: null, speed: 1000 })).toBeUndefined();
  });
});
