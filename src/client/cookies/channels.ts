import type { IMount } from '../../mount';
import { nameOf } from '../../mount';
import type { ICookies, ICookieWrite } from '../../protocol';
import { cookiesChannel, requestsChannel, VERSION } from '../../protocol';
import { readTold } from './cookie';
import type { IWrite, Jar } from './jar';

/** Tell the kernel at once what a script wrote. */
export function postWrite(mount: IMount, write: IWrite): void {
  const { base } = mount;
  const channel = new BroadcastChannel(requestsChannel(base, nameOf(mount)));
  const message: ICookieWrite = { v: VERSION, type: 'cookie-write', ...write };
  channel.postMessage(message);
  channel.close();
}

/**
 * Hear of what other pages and responses change, as long as the page is shown.
 *
 * One that the browser keeps for the back button hears of nothing, and asks
 * when it comes back.
 */
export function listenToNews(window: Window, mount: IMount, jar: Jar): void {
  const name = cookiesChannel(mount.base, nameOf(mount));
  let channel: BroadcastChannel | null = null;
  const open = () => {
    channel?.close();
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => {
      const told = isNews(data) ? readTold(data.news) : null;
      if (told !== null) {
        jar.take(told);
      }
    };
  };
  open();
  window.addEventListener('pagehide', () => {
    channel?.close();
    channel = null;
  });
  window.addEventListener('pageshow', event => {
    if (event.persisted) {
      open();
      jar.ask();
    }
  });
}

function isNews(data: unknown): data is ICookies {
  const { v, type, news } = (data ?? {}) as Record<string, unknown>;
  return v === VERSION && type === 'cookies' && typeof news === 'string';
}
