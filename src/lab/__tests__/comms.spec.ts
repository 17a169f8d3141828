import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { AppManager } from '../appManager';
import { follow } from '../comms';
import { endWork } from '../interrupts';

jest.mock('../kernelStart', () => ({ explainMissingPyodide: jest.fn() }));
jest.mock('../interrupts', () => ({ endWork: jest.fn() }));

const trans = {} as TranslationBundle;

type Opened = (comm: Kernel.IComm, message: unknown) => void;

/** A connection to a kernel that opens comms. */
class FakeConnection {
  constructor(readonly id = 'one') {}

  readonly statusChanged = new Signal<FakeConnection, Kernel.Status>(this);
  readonly interrupt = jest.fn(async () => undefined);

  registerCommTarget(name: string, opened: Opened): void {
    this._targets.set(name, opened);
  }

  /** Open a comm with an event of that type; returns a function to send more. */
  open(type: string, name: string): (type: string) => void {
    const comm = {} as Kernel.IComm;
    const message = (type: string) => ({
      content: { data: { type, name, url: `/asgi/${name}/`, open: 'none' } }
    });
    this._targets.get('jupyterlite-asgi')?.(comm, message(type));
    return type => void comm.onMsg(message(type) as never);
  }

  private readonly _targets = new Map<string, Opened>();
}

/** A session whose kernel can be replaced. */
class FakeSession {
  constructor(kernel: FakeConnection | null) {
    this.session = kernel && { kernel };
  }

  readonly session: { kernel: FakeConnection } | null;
  readonly kernelChanged = new Signal<
    FakeSession,
    { newValue: FakeConnection | null }
  >(this);
}

/** Follow the kernels of a session with this one, in a widget with that id. */
function useKernel(
  kernel: FakeConnection | null,
  id = 'notebook',
  manager = new AppManager()
) {
  const session = new FakeSession(kernel);
  follow({ id, sessionContext: session } as never, manager, trans);
  const states = () => manager.apps.map(app => `${app.name} ${app.state}`);
  return { manager, session, states };
}

it('handles the event that opens a comm, and those sent on it', () => {
  const kernel = new FakeConnection();
  const { manager, states } = useKernel(kernel);
  const send = kernel.open('served', 'shop');
  expect(states()).toEqual(['shop running']);
  expect(manager.apps[0]!.widget).toBe('notebook');
  send('taken');
  expect(states()).toEqual(['shop taken']);
});

it('ignores other messages', () => {
  const kernel = new FakeConnection();
  const { states } = useKernel(kernel);
  kernel.open('unheard-of', 'shop');
  expect(states()).toEqual([]);
});

it('follows later kernels', () => {
  const { session, states } = useKernel(null);
  const kernel = new FakeConnection();
  session.kernelChanged.emit({ newValue: null });
  session.kernelChanged.emit({ newValue: kernel });
  kernel.open('served', 'shop');
  expect(states()).toEqual(['shop running']);
});

it.each<Kernel.Status>(['autorestarting', 'dead', 'restarting', 'terminating'])(
  'stops the apps of a kernel that is %s, once',
  status => {
    const kernel = new FakeConnection();
    const { manager, states } = useKernel(kernel);
    manager.handle(
      { type: 'served', name: 'other', url: '/asgi/other/', open: 'none' },
      'another notebook'
    );
    kernel.open('served', 'shop');
    kernel.open('failed', 'broken');
    kernel.open('served', 'wanted')('taken');
    kernel.statusChanged.emit('busy');
    expect(states()).toContain('shop running');

    const events: string[] = [];
    manager.changed.connect((_, { event }) => events.push(event.type));
    kernel.statusChanged.emit(status);
    kernel.statusChanged.emit('dead');
    expect(events).toEqual(['stopped', 'stopped']);
    expect(states()).toEqual([
      ...['other running', 'shop stopped', 'broken stopped', 'wanted taken']
    ]);
  }
);

describe('the interrupt of a kernel', () => {
  const ended = () =>
    jest
      .mocked(endWork)
      .mock.calls.map(([{ name }, session]) => [session, name]);

  beforeEach(() => {
    jest.clearAllMocks();
  });

  it('ends what runs, and drops the cells that wait, as before', async () => {
    const kernel = new FakeConnection();
    const dropped = kernel.interrupt;
    const { session } = useKernel(kernel);
    kernel.open('served', 'shop');
    await kernel.interrupt();
    expect(dropped).toHaveBeenCalledTimes(1);
    expect(ended()).toEqual([[session, 'shop']]);
  });

  it.each(['stopped', 'taken'])(
    'changes nothing if its app is %s',
    async event => {
      const kernel = new FakeConnection();
      const dropped = kernel.interrupt;
      useKernel(kernel);
      kernel.open('served', 'shop')(event);
      await kernel.interrupt();
      expect(dropped).toHaveBeenCalledTimes(1);
      expect(ended()).toEqual([]);
    }
  );

  it('finds an app that another widget of the kernel serves, and no other', async () => {
    const [notebook, console, other] = ['one', 'one', 'two'].map(
      id => new FakeConnection(id)
    ) as [FakeConnection, FakeConnection, FakeConnection];
    const { manager } = useKernel(notebook);
    const { session } = useKernel(console, 'console', manager);
    useKernel(other, 'another notebook', manager);
    notebook.open('served', 'shop');
    await console.interrupt();
    await other.interrupt();
    expect(ended()).toEqual([[session, 'shop']]);
  });

  it('finds the app of a notebook that was opened again', async () => {
    const closed = new FakeConnection();
    const { manager } = useKernel(closed, 'closed');
    closed.open('served', 'shop');
    const kernel = new FakeConnection();
    const { session } = useKernel(kernel, 'opened again', manager);
    await kernel.interrupt();
    expect(ended()).toEqual([[session, 'shop']]);
  });

  it('finds no app of a kernel that its notebook used before', async () => {
    const before = new FakeConnection('before');
    const { session } = useKernel(before);
    before.open('served', 'shop');
    const kernel = new FakeConnection();
    session.kernelChanged.emit({ newValue: kernel });
    await kernel.interrupt();
    expect(ended()).toEqual([]);
  });

  it('ends what runs once after a restart, which announces the kernel again', async () => {
    const kernel = new FakeConnection();
    const { session } = useKernel(kernel);
    session.kernelChanged.emit({ newValue: kernel });
    kernel.open('served', 'shop');
    await kernel.interrupt();
    expect(endWork).toHaveBeenCalledTimes(1);
  });

  it('fails as before', async () => {
    const kernel = new FakeConnection();
    kernel.interrupt.mockRejectedValueOnce(new Error('disposed') as never);
    useKernel(kernel);
    kernel.open('served', 'shop');
    await expect(kernel.interrupt()).rejects.toThrow('disposed');
  });
});
