import { cookiesChannel, requestsChannel, VERSION } from '../../../protocol';
import { listenForSnapshots, postWrite } from '../channels';
import { FakePage, MOUNT, snapshotHeader } from './fakes';

/** The kernel's end of a channel. */
function open(name: string) {
  const channel = new BroadcastChannel(name);
  opened.push(channel);
  const next = () =>
    new Promise<unknown>(resolve => {
      channel.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data);
    });
  return { next, post: (data: unknown) => channel.postMessage(data) };
}

class FakeWindow extends EventTarget {
  show(persisted: boolean): void {
    this.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }));
  }

  hide(): void {
    this.dispatchEvent(new Event('pagehide'));
  }
}

const opened: BroadcastChannel[] = [];
let page: FakePage;
let window: FakeWindow;

beforeEach(() => {
  page = new FakePage();
  window = new FakeWindow();
  listenForSnapshots(window as unknown as Window, MOUNT, page.jar);
});

afterEach(() => {
  window.hide();
  opened.splice(0).forEach(channel => channel.close());
});

/** Resolves once the page has applied a snapshot. */
function applied(): Promise<void> {
  return new Promise(resolve => {
    const take = page.jar.take.bind(page.jar);
    jest.spyOn(page.jar, 'take').mockImplementationOnce(snapshot => {
      take(snapshot);
      resolve();
    });
  });
}

describe('postWrite', () => {
  it('reaches the kernel', async () => {
    const message = open(requestsChannel('/demo/', 'shop')).next();
    const write = {
      id: '1',
      url: 'https://example.org/',
      line: 'a=1',
      sent: 1
    };
    postWrite(MOUNT, write);
    expect(await message).toEqual({
      v: VERSION,
      type: 'cookie-write',
      ...write
    });
  });
});

describe('listenForSnapshots', () => {
  const kernel = () => open(cookiesChannel('/demo/', 'shop'));

  it('applies snapshots of the kernel, and nothing else', async () => {
    const { post } = kernel();
    const done = applied();
    const message = {
      v: VERSION,
      type: 'cookies',
      snapshot: snapshotHeader(1, 'a', '1')
    };
    const ignored = { ...message, snapshot: snapshotHeader(2, 'b', '2') };
    for (const nonsense of [
      null,
      'cookies',
      { ...ignored, v: VERSION + 1 },
      { ...ignored, v: VERSION - 1 },
      { ...ignored, type: 'cookie' },
      { ...message, snapshot: 5 },
      { ...message, snapshot: '%' }
    ]) {
      post(nonsense);
    }
    post({ ...message, priority: 'low' });
    await done;
    expect([page.jar.known, page.cookie]).toEqual([1, 'a=1']);
  });

  it('stops in the back/forward cache, and requests a snapshot afterwards', async () => {
    const { post } = kernel();
    window.hide();
    post({
      v: VERSION,
      type: 'cookies',
      snapshot: snapshotHeader(1, 'a', '1')
    });
    window.show(false);
    expect(page.posted).toEqual([]);
    window.show(true);
    expect(page.posted).toEqual([
      expect.objectContaining({ line: '' }) as unknown
    ]);
    const done = applied();
    post({
      v: VERSION,
      type: 'cookies',
      snapshot: snapshotHeader(2, 'a', '2')
    });
    await done;
    expect(page.jar.known).toBe(2);
  });
});
