import type { AppEvent } from '../../events';
import { fakeChannel, receive, remedies } from '../../__tests__/remedyChannel';
import { AppManager } from '../appManager';
import { offerRemedies, type IOwner } from '../remedies';

jest.mock('../site', () => ({ siteUrl: () => 'https://example.org/demo/' }));

const URL = 'https://example.org/demo/asgi/shop/';
const kernel = {};
const restartKernel = jest.fn();
const changeKernel = jest.fn();
const runAll = jest.fn();

/** What serves the app, and whether its kernel has failed. */
let owner: IOwner | null;
let failed: boolean;

let manager: AppManager;

/** Let promises settle. */
const turn = () => new Promise(resolve => setImmediate(resolve));

const done = () => remedies.posted.filter(({ type }) => type === 'done');

const hear = (message: object) => receive({ app: 'shop', ...message });

function send(type: AppEvent['type']): void {
  const event = { type, name: 'shop', url: URL, open: 'none' } as AppEvent;
  manager.handle(event, 'notebook');
}

/** Accept a remedy as the reader of a page does. */
async function accept(remedy: string): Promise<void> {
  hear({ type: 'ask', remedy });
  hear({ ...remedies.posted.at(-1), type: 'accept' });
  await turn();
}

beforeEach(() => {
  jest.clearAllMocks();
  fakeChannel();
  failed = false;
  owner = {
    sessionContext: {
      session: { kernel },
      prevKernelName: 'python',
      restartKernel,
      changeKernel
    },
    runAll
  } as unknown as IOwner;
  manager = new AppManager();
  offerRemedies(
    manager,
    () => owner,
    () => failed
  );
  send('served');
  send('stopped');
});

it('offers what it can do', () => {
  expect(remedies.channel!.name).toBe('jupyterlite-asgi /demo/ remedies');
  hear({ type: 'ask', remedy: 'run' });
  hear({ type: 'ask', remedy: 'restart' });
  expect(remedies.posted).toMatchObject([
    { type: 'offer', app: 'shop', remedy: 'run' },
    { type: 'offer', app: 'shop', remedy: 'restart' }
  ]);
});

it('is silent about an app of another page, or of a closed notebook', () => {
  hear({ type: 'ask', remedy: 'run', app: 'blog' });
  owner = null;
  hear({ type: 'ask', remedy: 'run' });
  expect(remedies.posted).toEqual([]);
});

it('leaves an app to the page that has taken its name over', () => {
  send('served');
  send('taken');
  hear({ type: 'ask', remedy: 'run' });
  expect(remedies.posted).toEqual([]);
});

it('restarts the kernel of a console, which it cannot run again', async () => {
  owner = { ...owner!, runAll: null };
  hear({ type: 'ask', remedy: 'run' });
  expect(remedies.posted).toEqual([]);
  await accept('restart');
  expect(restartKernel).toHaveBeenCalledTimes(1);
});

it.each([
  { isRestarting: true },
  { session: { kernel: { status: 'restarting' } } }
])('does not offer to run a notebook during a restart', state => {
  Object.assign(owner!.sessionContext, state);
  hear({ type: 'ask', remedy: 'run' });
  expect(remedies.posted).toEqual([]);
});

it('does a thing once at a time, and again if it has failed', async () => {
  let fail: (error: Error) => void = () => undefined;
  const failing = new Promise((_, reject) => {
    fail = reject;
  });
  restartKernel.mockReturnValueOnce(failing);
  await accept('restart');
  await accept('restart');
  expect(restartKernel).toHaveBeenCalledTimes(1);
  fail(new Error('no kernel'));
  await turn();
  expect(done()).toHaveLength(2);
  await accept('restart');
  expect(restartKernel).toHaveBeenCalledTimes(2);
});

it('restarts a kernel whose notebook it is running', async () => {
  runAll.mockReturnValueOnce(new Promise(() => undefined));
  await accept('run');
  expect(runAll).toHaveBeenCalledTimes(1);
  await accept('restart');
  expect(restartKernel).toHaveBeenCalledTimes(1);
});

it('still answers pages while it helps', async () => {
  runAll.mockReturnValueOnce(new Promise(() => undefined));
  await accept('run');
  remedies.posted = [];
  Object.assign(owner!.sessionContext, { isRestarting: true });
  hear({ type: 'ask', remedy: 'run' });
  expect(remedies.posted).toMatchObject([{ type: 'offer', remedy: 'run' }]);
});

it('says that it is done with what it cannot do any more', async () => {
  hear({ type: 'ask', remedy: 'run' });
  const offer = remedies.posted.at(-1);
  owner = null;
  hear({ ...offer, type: 'accept' });
  await turn();
  expect(runAll).not.toHaveBeenCalled();
  expect(done()).toHaveLength(1);
});

it('runs the notebook in its kernel', async () => {
  await accept('run');
  expect(restartKernel).not.toHaveBeenCalled();
  expect(runAll).toHaveBeenCalledTimes(1);
});

it.each(['has failed', 'has just failed'])(
  'restarts a kernel that %s before it runs the notebook',
  async when => {
    failed = when === 'has failed';
    if (!failed) {
      send('served');
    }
    await accept('run');
    expect(restartKernel).toHaveBeenCalledTimes(1);
    expect(runAll).toHaveBeenCalledTimes(1);
  }
);

it('starts a kernel that was shut down before it runs the notebook', async () => {
  Object.assign(owner!.sessionContext, { session: null });
  await accept('run');
  expect(changeKernel).toHaveBeenCalledWith({ name: 'python' });
  expect(runAll).toHaveBeenCalledTimes(1);
});

it('says when it is done', async () => {
  await accept('run');
  expect(remedies.posted.at(-1)).toMatchObject({
    type: 'done',
    app: 'shop',
    remedy: 'run'
  });
});

it('leaves to other pages what they have offered', async () => {
  hear({ type: 'accept', remedy: 'restart', lab: 'another' });
  await turn();
  expect(restartKernel).not.toHaveBeenCalled();
});
