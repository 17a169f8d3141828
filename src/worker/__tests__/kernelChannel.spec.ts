import type { FromKernel } from '../../protocol';
import { DRAIN, DRAINED, VERSION } from '../../protocol';
import { drain, KernelChannel } from '../kernel/kernelChannel';
import { channels, useSite } from './site';

useSite();

/** Post `messages` as a kernel, and wait until the last one, an abort, has come. */
async function post(...messages: unknown[]): Promise<KernelChannel> {
  const replies = await KernelChannel.open('/demo/', () => undefined);
  const last = new Promise<FromKernel>(resolve => {
    replies
      .connect('shop', 'last')
      .addEventListener('message', ({ data }) => resolve(data));
  });
  const channel = new BroadcastChannel(replies.name);
  messages.forEach(message => channel.postMessage(message));
  channel.postMessage(abort(VERSION, 'last'));
  channel.close();
  await last;
  return replies;
}

function abort(v: unknown, id: string) {
  return { v, type: 'abort', id, reason: 'The app failed.' };
}

describe('what a worker dropped', () => {
  it('are messages that it cannot read', async () => {
    const replies = await post(
      abort(VERSION + 1, '1'),
      abort(VERSION - 1, '1'),
      { v: VERSION, type: 'sigh', id: '1' },
      'hello'
    );
    expect(replies.dropped).toBe(4);
  });

  it('are not those for which nobody waits', async () => {
    expect((await post(abort(VERSION, '1'))).dropped).toBe(0);
  });

  it('is not what asks it to end its streams', async () => {
    expect((await post(DRAIN)).dropped).toBe(0);
  });
});

describe('drain', () => {
  it('hears of an instance that it has ended its streams', async () => {
    const told: string[] = [];
    const { name } = await KernelChannel.open('/demo/', () =>
      told.push('ended')
    );
    const observer = new BroadcastChannel(name);
    const heard = new Promise<void>(resolve => {
      observer.onmessage = ({ data }: MessageEvent<string>) => {
        if (data !== DRAIN) {
          told.push(data);
          resolve();
        }
      };
    });
    await Promise.all([drain(name), heard]);
    observer.close();
    expect(told).toEqual(['ended', DRAINED]);
  });

  it('leaves no channel open', async () => {
    const { name } = await KernelChannel.open('/demo/', () => undefined);
    const before = channels.size;
    await drain(name);
    expect(channels.size).toBe(before);
  });
});
