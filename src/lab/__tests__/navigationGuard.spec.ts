import { canGuard, type GuardedWindow } from '../navigationGuard';

jest.mock('@jupyterlab/coreutils', () => ({}));

const withEvent = (prototype: object) =>
  ({
    navigation: {},
    NavigateEvent: { prototype }
  }) as unknown as GuardedWindow;

describe('a window', () => {
  it('can be guarded if its navigations name their source', () => {
    expect(canGuard(withEvent({ sourceElement: null }))).toBe(true);
  });

  it('cannot in older browsers, where panels get a sandbox', () => {
    expect(canGuard(withEvent({}))).toBe(false);
    expect(canGuard({} as GuardedWindow)).toBe(false);
  });
});
