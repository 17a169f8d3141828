import { endOnFailure } from '../failure';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

it('ends the worker soon after a failure, so that it can be reported', () => {
  const before = jest.fn();
  const end = jest.fn();
  const pyodide = { _api: { on_fatal: before as (error: unknown) => void } };
  endOnFailure(pyodide, end);
  const error = new Error('out of memory');
  pyodide._api.on_fatal(error);
  expect(before).toHaveBeenCalledWith(error);
  expect(end).not.toHaveBeenCalled();
  jest.runAllTimers();
  expect(end).toHaveBeenCalledTimes(1);
});
