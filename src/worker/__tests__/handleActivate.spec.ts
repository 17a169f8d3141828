import { handleActivate } from '../handleActivate';

it('takes control of the open pages', async () => {
  const claim = jest.fn(async () => undefined);
  Object.assign(globalThis, { self: { clients: { claim } } });
  const waitUntil = jest.fn<void, [Promise<unknown>]>();
  handleActivate({ waitUntil } as unknown as ExtendableEvent);
  await waitUntil.mock.calls[0]![0];
  expect(claim).toHaveBeenCalledTimes(1);
});
