import { nameOf, type IMount } from '../../mount';
import {
  cookiesChannel,
  requestsChannel,
  VERSION,
  type ICookies,
  type ICookieWrite
} from '../../protocol';
import { readSnapshot } from './cookie';
import type { IWrite, Jar } from './jar';

/** Send a script's write to the kernel at once. */
export function postWrite(mount: IMount, write: IWrite): void {
  const { base } = mount;
  const channel = new BroadcastChannel(requestsChannel(base, nameOf(mount)));
  const message: ICookieWrite = { v: VERSION, type: 'cookie-write', ...write };
  channel.postMessage(message);
  channel.close();
}

/**
 * Apply the snapshots that the kernel broadcasts when other pages or responses
 * change cookies. A page in the back/forward cache receives none, so it requests
 * one when it is restored.
 */
export function listenForSnapshots(
  window: Window,
  mount: IMount,
  jar: Jar
): void {
  const name = cookiesChannel(mount.base, nameOf(mount));
  let channel: BroadcastChannel | null = null;
  const open = () => {
    channel?.close();
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => {
      const snapshot = isSnapshotMessage(data)
        ? readSnapshot(data.snapshot)
        : null;
      if (snapshot !== null) {
        jar.take(snapshot);
      }
    };
  };
  open();
  window.addEventListener('pagehide', () => channel?.close());
  window.addEventListener('pageshow', event => {
    if (event.persisted) {
      open();
      jar.requestSnapshot();
    }
  });
}

function isSnapshotMessage(data: unknown): data is ICookies {
  const { v, type, snapshot } = Object(data) as Record<string, unknown>;
  return v === VERSION && type === 'cookies' && typeof snapshot === 'string';
}
