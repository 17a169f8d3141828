import { cookiesChannel, requestsChannel, VERSION } from '../../../protocol';
import { listenForSnapshots, postWrite } from '../channels';
import { FakePage, MOUNT, news } from './fakes';

/** A kernel's end of a channel, and what comes of it. */
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

/** Resolves once the page has taken something. */
function taken(): Promise<void> {
  return new Promise(resolve => {
    const take = page.jar.take.bind(page.jar);
    jest.spyOn(page.jar, 'take').mockImplementationOnce(told => {
      take(told);
      resolve();
    });
  });
}

describe('postWrite', () => {
  it('reaches the kernel', async () => {
    const message = open(requestsChannel('/demo/', 'shop')).next();
    const write = { id: '1', url: 'https://example.org/', line: 'a=1' };
    postWrite(MOUNT, write);
    expect(await message).toEqual({
      v: VERSION,
      type: 'cookie-write',
      ...write
    });
  });
});

describe('listenToNews', () => {
  const kernel = () => open(cookiesChannel('/demo/', 'shop'));

  it('takes what the kernel tells, and nothing else', async () => {
    const { post } = kernel();
    const done = taken();
    const message = { v: VERSION, type: 'cookies', news: news(1, 'a', '1') };
    const wrong = { ...message, news: news(2, 'b', '2') };
    for (const nonsense of [
      null,
      'cookies',
      { ...wrong, v: VERSION + 1 },
      { ...wrong, v: VERSION - 1 },
      { ...wrong, type: 'cookie' },
      { ...message, news: 5 },
      { ...message, news: '%' }
    ]) {
      post(nonsense);
    }
    post({ ...message, priority: 'low' });
    await done;
    expect([page.jar.known, page.cookie]).toEqual([1, 'a=1']);
  });

  it('is deaf while the browser keeps the page, and asks when it is back', async () => {
    const { post } = kernel();
    window.hide();
    post({ v: VERSION, type: 'cookies', news: news(1, 'a', '1') });
    window.show(false);
    expect(page.posted).toEqual([]);
    window.show(true);
    expect(page.posted).toEqual([
      expect.objectContaining({ line: '' }) as unknown
    ]);
    const done = taken();
    post({ v: VERSION, type: 'cookies', news: news(2, 'a', '2') });
    await done;
    expect(page.jar.known).toBe(2);
  });
});
