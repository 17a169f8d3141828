import { freeLocksOnFailure } from '../failure';

it('frees the locks when Python has failed', async () => {
  const held: Promise<unknown>[] = [];
  const locks = {
    request: jest.fn((...given: unknown[]) => {
      const lock = Promise.resolve((given.at(-1) as () => unknown)());
      held.push(lock);
      return lock;
    })
  };
  const before = jest.fn();
  const pyodide = { _api: { on_fatal: before as (error: unknown) => void } };
  freeLocksOnFailure(pyodide, locks as unknown as LockManager);
  const forever = new Promise(() => undefined);
  const released = Promise.resolve('released');
  void locks.request('a', { ifAvailable: true }, () => forever);
  void locks.request('b', () => released); // without options
  expect(await held[1]).toBe('released');

  const error = new Error('out of memory');
  pyodide._api.on_fatal(error);
  expect(before).toHaveBeenCalledWith(error);
  expect(await held[0]).toBeUndefined();
});
