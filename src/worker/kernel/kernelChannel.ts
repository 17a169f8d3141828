import type { Listener } from '../../channel';
import type { FromKernel } from '../../protocol';
import {
  DRAIN,
  DRAINED,
  isFromKernel,
  repliesChannel,
  requestsChannel
} from '../../protocol';
import type { IConnect, IExchangeChannel } from '../request/exchange';

/** How many milliseconds to wait for another instance to end its streams. */
const DRAIN_TIMEOUT = 1000;

/**
 * This instance of the worker as kernels see it: a channel for their responses, and
 * a lock that the browser releases when it stops the instance.
 */
export class KernelChannel implements IConnect {
  /**
   * Open the channel. Resolves once the lock is held: a kernel that is granted the lock
   * concludes that the instance has died.
   *
   * @param base - the path of the site
   * @param onDrain - called when a newer instance asks this one to end its streams
   */
  static async open(base: string, onDrain: () => void): Promise<KernelChannel> {
    const name = repliesChannel(base, crypto.randomUUID());
    await new Promise<void>((resolve, reject) => {
      const untilStopped = new Promise<never>(() => undefined);
      navigator.locks
        .request(name, () => {
          resolve();
          return untilStopped;
        })
        .catch(reject);
    });
    return new KernelChannel(base, name, onDrain);
  }

  private constructor(base: string, name: string, onDrain: () => void) {
    this.name = name;
    this._base = base;
    this._channel = new BroadcastChannel(name);
    this._channel.onmessage = event => {
      const message: unknown = event.data;
      if (message === DRAIN) {
        onDrain();
        this._channel.postMessage(DRAINED);
      } else if (isFromKernel(message)) {
        this._listeners.get(message.id)?.({ data: message });
      } else {
        this.dropped += 1;
      }
    };
  }

  /** The name of the channel for kernels' messages. */
  readonly name: string;

  /** How many messages were dropped because they could not be read. */
  dropped = 0;

  /**
   * The channel of the exchange `id` with the kernel that serves `app`. Supports one
   * listener at a time.
   */
  connect(app: string, id: string): IExchangeChannel {
    return {
      name: this.name,
      postMessage: message => {
        // A kernel that does not know the exchange yet listens only on its app's channel.
        if (message.type === 'request' || message.type === 'ping') {
          const channel = new BroadcastChannel(
            requestsChannel(this._base, app)
          );
          channel.postMessage(message);
          channel.close();
        } else {
          this._channel.postMessage(message);
        }
      },
      addEventListener: (_, listener) => this._listeners.set(id, listener),
      removeEventListener: () => this._listeners.delete(id)
    };
  }

  private readonly _base: string;
  private readonly _channel: BroadcastChannel;
  private readonly _listeners = new Map<string, Listener<FromKernel>>();
}

/** Make an instance end its streams; resolves when it has, or after `DRAIN_TIMEOUT`. */
export async function drain(name: string): Promise<void> {
  const channel = new BroadcastChannel(name);
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, DRAIN_TIMEOUT);
    channel.onmessage = event => {
      if (event.data === DRAINED) {
        clearTimeout(timer);
        resolve();
      }
    };
    channel.postMessage(DRAIN);
  });
  channel.close();
}
