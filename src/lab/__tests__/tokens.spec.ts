import type { ReadonlyJSONValue } from '@lumino/coreutils';

import { isServedApp, isTaken } from '../tokens';

describe('isTaken', () => {
  it('knows the message of a kernel whose name was taken', () => {
    expect(isTaken({ state: 'taken' })).toBe(true);
  });

  it.each<ReadonlyJSONValue | undefined>([
    undefined,
    null,
    'taken',
    7,
    [],
    ['taken'],
    {},
    { state: 'running' },
    { state: ['taken'] }
  ])('refuses %j', data => {
    expect(isTaken(data)).toBe(false);
  });

  it('is not how an app is announced', () => {
    const app = { name: 'shop', url: '/', open: 'panel', state: 'running' };
    expect([isServedApp(app), isTaken(app)]).toEqual([true, false]);
    expect(isServedApp({ state: 'taken' })).toBe(false);
  });
});
