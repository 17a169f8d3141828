import type { FromKernel } from '../../protocol';
import { DRAIN, DRAINED, VERSION } from '../../protocol';
import { drain, KernelChannel } from '../kernel/kernelChannel';
import { channels, useSite } from './site';

useSite();

/** Post `messages` as a kernel and wait until they have arrived. */
async function post(...messages: unknown[]): Promise<KernelChannel> {
  const replies = await KernelChannel.open('/demo/', () => undefined);
  const last = new Promise<FromKernel>(resolve => {
    replies.connect('shop', 'last', resolve);
  });
  const channel = new BroadcastChannel(replies.name);
  messages.forEach(message => channel.postMessage(message));
  channel.postMessage(abort(VERSION, 'last'));
  channel.close();
  await last;
  return replies;
}

function abort(v: unknown, id: string) {
  return { v, type: 'abort', id, reason: 'The app failed.', status: 502 };
}

describe('dropped', () => {
  it('counts messages that cannot be read', async () => {
    const replies = await post(
      abort(VERSION + 1, '1'),
      abort(VERSION - 1, '1'),
      { v: VERSION, type: 'sigh', id: '1' },
      'hello'
    );
    expect(replies.dropped).toBe(4);
  });

  it('does not count messages that nobody waits for', async () => {
    expect((await post(abort(VERSION, '1'))).dropped).toBe(0);
  });

  it('does not count drain messages', async () => {
    expect((await post(DRAIN)).dropped).toBe(0);
  });
});

describe('drain', () => {
  it('waits until an instance has ended its streams', async () => {
    const log: string[] = [];
    const { name } = await KernelChannel.open('/demo/', () =>
      log.push('ended')
    );
    const observer = new BroadcastChannel(name);
    const replied = new Promise<void>(resolve => {
      observer.onmessage = ({ data }: MessageEvent<string>) => {
        if (data !== DRAIN) {
          log.push(data);
          resolve();
        }
      };
    });
    await Promise.all([drain(name), replied]);
    observer.close();
    expect(log).toEqual(['ended', DRAINED]);
  });

  it('leaves no channel open', async () => {
    const { name } = await KernelChannel.open('/demo/', () => undefined);
    const before = channels.size;
    await drain(name);
    expect(channels.size).toBe(before);
  });
});
