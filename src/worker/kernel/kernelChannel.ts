import {
  DRAIN,
  DRAINED,
  isFromKernel,
  repliesChannel,
  requestsChannel,
  type FromKernel,
  type FromWorker
} from '../../protocol';

/** How many milliseconds to wait for another instance to end its streams. */
const DRAIN_TIMEOUT = 1000;

/** A kernel that does not know the exchange yet listens only on its app's channel. */
const ON_THE_APPS_CHANNEL: ReadonlySet<FromWorker['type']> = new Set<
  FromWorker['type']
>(['request', 'ping', 'interrupt']);

type Listener = (message: FromKernel) => void;

/** The channel between one exchange and its app's kernel. */
export interface IExchangeChannel {
  /** The name of the channel on which the kernel replies. */
  readonly name: string;
  postMessage(message: FromWorker): void;
  /** Pass on no more of the kernel's messages. */
  close(): void;
}

/**
 * This instance of the worker as kernels see it: a channel for their responses, and
 * a lock that the browser releases when it stops the instance.
 */
export class KernelChannel {
  /**
   * Open the channel. Resolves once the lock is held: a kernel that is granted the lock
   * concludes that the instance has died.
   *
   * @param onDrain - called when a newer instance asks this one to end its streams
   */
  static async open(base: string, onDrain: () => void): Promise<KernelChannel> {
    const name = repliesChannel(base, crypto.randomUUID());
    await new Promise<void>((resolve, reject) => {
      // Held until the browser stops the instance.
      const held = () => new Promise<never>(() => resolve());
      navigator.locks.request(name, held).catch(reject);
    });
    return new KernelChannel(base, name, onDrain);
  }

  /** @param name - the name of the channel for kernels' messages */
  private constructor(
    private readonly _base: string,
    readonly name: string,
    onDrain: () => void
  ) {
    this._channel = new BroadcastChannel(name);
    this._channel.onmessage = event => {
      const message: unknown = event.data;
      if (message === DRAIN) {
        onDrain();
        this._channel.postMessage(DRAINED);
      } else if (isFromKernel(message)) {
        this._listeners.get(message.id)?.(message);
      } else {
        this.dropped += 1;
      }
    };
  }

  /** How many messages were dropped because they could not be read. */
  dropped = 0;

  /** Open the channel of the exchange `id` with the kernel that serves `app`. */
  connect(app: string, id: string, listener: Listener): IExchangeChannel {
    this._listeners.set(id, listener);
    return {
      name: this.name,
      postMessage: message => {
        if (ON_THE_APPS_CHANNEL.has(message.type)) {
          const channel = new BroadcastChannel(
            requestsChannel(this._base, app)
          );
          channel.postMessage(message);
          channel.close();
        } else {
          this._channel.postMessage(message);
        }
      },
      close: () => this._listeners.delete(id)
    };
  }

  private readonly _channel: BroadcastChannel;
  private readonly _listeners = new Map<string, Listener>();
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
