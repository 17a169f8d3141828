import { appLock } from '../../protocol';
import { fakeChannel, receive, remedies } from '../../__tests__/remedyChannel';

/** What the script finds in the page. */
const button = {
  disabled: false,
  hidden: true,
  textContent: '',
  click: () => undefined,
  addEventListener: (_: string, listener: () => undefined) => {
    button.click = listener;
  }
};
const lab = { hidden: true };
const reload = jest.fn();

/** The locks that the browser says are held. */
let held: LockInfo[];

/** Let promises settle. */
const turn = () => new Promise(resolve => setImmediate(resolve));

/** Run the script in a page that waits until another client than `holder` serves the app. */
async function load(holder = '', parent = globalThis): Promise<void> {
  const dataset = { base: '/demo/', app: 'shop', until: 'served', holder };
  Object.assign(globalThis, {
    window: globalThis,
    parent,
    document: {
      currentScript: { dataset },
      getElementById: (id: string) => ({ remedy: button, lab })[id] ?? null
    }
  });
  await jest.isolateModulesAsync(async () => void (await import('../index')));
  await turn();
}

/** Let the script look so many times more. */
async function looks(count: number): Promise<void> {
  for (; count > 0; count -= 1) {
    jest.runOnlyPendingTimers();
    await turn();
  }
}

const lock = (clientId: string, mode: LockMode = 'exclusive') => ({
  name: appLock('/demo/', 'shop'),
  mode,
  clientId
});

const offer = (app: string, remedy = 'run') =>
  receive({ type: 'offer', app, remedy, lab: '1' });

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
  reload.mockClear();
  Object.assign(button, { disabled: false, hidden: true, textContent: '' });
  lab.hidden = true;
  held = [];
  fakeChannel();
  Object.assign(globalThis, {
    location: { reload }
  });
  Object.defineProperty(globalThis, 'navigator', {
    value: { locks: { query: async () => ({ held }) } },
    configurable: true
  });
});

afterEach(() => {
  jest.useRealTimers();
});

it('loads the page once a kernel serves the app', async () => {
  held = [lock('monitor', 'shared')];
  await load();
  await looks(2);
  expect(reload).not.toHaveBeenCalled();
  held = [lock('kernel')];
  await looks(1);
  expect(reload).toHaveBeenCalledTimes(1);
  expect(jest.getTimerCount()).toBe(0);
});

it('gives the lab time to load its panel again', async () => {
  held = [lock('kernel')];
  await load('', {} as typeof globalThis);
  expect(reload).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1000);
  expect(reload).toHaveBeenCalledTimes(1);
});

it('waits for a kernel other than one that is out of date', async () => {
  held = [lock('old')];
  await load('old');
  await looks(2);
  expect(reload).not.toHaveBeenCalled();
  held = [lock('new')];
  await looks(1);
  expect(reload).toHaveBeenCalledTimes(1);
});

it('offers what a lab page offers, and accepts it', async () => {
  await load();
  expect(remedies.channel!.name).toBe('jupyterlite-asgi /demo/ remedies');
  expect(remedies.posted).toEqual([
    { type: 'ask', app: 'shop', remedy: 'run' }
  ]);
  offer('blog');
  offer('shop', 'restart');
  expect(button.hidden).toBe(true);
  offer('shop');
  expect(button.hidden).toBe(false);
  expect(button.textContent).toBe('Run its notebook again');
  button.click();
  expect(button.disabled).toBe(true);
  expect(button.textContent).toBe('Running its notebook…');
  expect(remedies.posted.at(-1)).toEqual({
    type: 'accept',
    app: 'shop',
    remedy: 'run',
    lab: '1'
  });
  receive({ type: 'done', app: 'shop', remedy: 'run', lab: '2' });
  receive({ type: 'done', app: 'blog', remedy: 'run', lab: '1' });
  expect(button.disabled).toBe(true);
  receive({ type: 'done', app: 'shop', remedy: 'run', lab: '1' });
  expect(button.disabled).toBe(false);
  expect(button.textContent).toBe('Run its notebook again');
  expect(lab.hidden).toBe(true);
});

it('links to the site when the lab page that helped is closed', async () => {
  await load();
  offer('shop');
  button.click();
  await looks(3);
  offer('shop');
  await looks(3);
  expect(button.disabled).toBe(true);
  expect(lab.hidden).toBe(true);
  await looks(1);
  expect(button.hidden).toBe(true);
  expect(lab.hidden).toBe(false);
  offer('shop');
  expect(button.hidden).toBe(false);
  expect(button.disabled).toBe(false);
});

it('links to the site if no lab page offers help', async () => {
  await load();
  await looks(2);
  expect(lab.hidden).toBe(true);
  await looks(1);
  expect(lab.hidden).toBe(false);
  offer('shop');
  expect(lab.hidden).toBe(true);
});

it('does not link to the site from a panel of the lab', async () => {
  await load('', {} as typeof globalThis);
  await looks(5);
  expect(lab.hidden).toBe(true);
});
