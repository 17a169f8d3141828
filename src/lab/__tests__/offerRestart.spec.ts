import { Notification, type ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { offerRestart } from '../offerRestart';

jest.mock('@jupyterlab/apputils', () => ({
  Notification: {
    dismiss: jest.fn(),
    error: jest.fn(),
    warning: jest.fn(() => 'the notice')
  }
}));

const trans = { __: (text: string) => text } as TranslationBundle;

/** Offer to restart the kernel of a session. */
function offer() {
  const statusChanged = new Signal<object, Kernel.Status>({});
  const disposed = new Signal<object, void>({});
  const restartKernel = jest.fn(async () => undefined);
  const sessionContext = {
    restartKernel,
    session: { kernel: { disposed, statusChanged } }
  } as unknown as ISessionContext;
  const withdrawn = jest.fn();
  const withdraw = offerRestart(sessionContext, 'It hangs.', trans, withdrawn);
  const press = () => {
    const [, options] = jest.mocked(Notification.warning).mock.calls[0]!;
    options!.actions![0]!.callback({} as MouseEvent);
  };
  return { disposed, press, restartKernel, statusChanged, withdraw, withdrawn };
}

beforeEach(() => {
  jest.clearAllMocks();
});

it('restarts the kernel as JupyterLab does', () => {
  const { press, restartKernel } = offer();
  const [sentence, options] = jest.mocked(Notification.warning).mock.calls[0]!;
  expect(sentence).toBe('It hangs.');
  expect(options!.actions![0]!.label).toBe('Restart the kernel');
  press();
  expect(restartKernel).toHaveBeenCalledTimes(1);
});

it('has no button if the notebook is closed', () => {
  offerRestart(null, 'It hangs.', trans)();
  expect(Notification.warning).toHaveBeenCalledWith('It hangs.', {
    autoClose: false,
    actions: []
  });
  expect(Notification.dismiss).toHaveBeenCalledWith('the notice');
});

it('says so if the kernel cannot be restarted', async () => {
  const { press, restartKernel } = offer();
  restartKernel.mockRejectedValueOnce(new Error('disposed') as never);
  press();
  await new Promise(resolve => setImmediate(resolve));
  expect(Notification.error).toHaveBeenCalledWith(
    'The kernel cannot be restarted: reload the page.',
    { autoClose: false }
  );
});

it.each<[string, (offered: ReturnType<typeof offer>) => void]>([
  ['restarted', ({ statusChanged }) => statusChanged.emit('restarting')],
  ['replaced or shut down', ({ disposed }) => disposed.emit()],
  ['free', ({ withdraw }) => withdraw()]
])('withdraws the offer when the kernel is %s, once', (_, happen) => {
  const offered = offer();
  offered.statusChanged.emit('busy');
  expect(Notification.dismiss).not.toHaveBeenCalled();
  happen(offered);
  expect(Notification.dismiss).toHaveBeenCalledWith('the notice');
  offered.statusChanged.emit('restarting');
  offered.disposed.emit();
  expect(Notification.dismiss).toHaveBeenCalledTimes(1);
  expect(offered.withdrawn).toHaveBeenCalledTimes(1);
});
