import { KernelChannel } from '../kernel/kernelChannel';
import type { Exchange } from './exchange';

/** The exchanges of this instance of the worker that have not ended. */
export const openExchanges = new Set<Exchange>();

let channel: Promise<KernelChannel> | null = null;

/** The channel of this instance; opening is retried after a failure. */
export function openChannel(base: string): Promise<KernelChannel> {
  const drainAll = () => openExchanges.forEach(exchange => exchange.drain());
  channel ??= KernelChannel.open(base, drainAll).catch((error: unknown) => {
    channel = null;
    throw error;
  });
  return channel;
}
