import { wantedChannel } from './protocol';

/**
 * Have the page that ended the published app `name`, as nobody used it, start it again.
 * Unlike timers, messages are not delayed in hidden pages.
 */
export function want(base: string, name: string): void {
  const channel = new BroadcastChannel(wantedChannel(base, name));
  channel.postMessage(null);
  channel.close();
}
