/** A fake of the channel between pages that wait and lab pages. */

import type { RemedyMessage } from '../remedy';

interface IChannel {
  readonly name: string;
  onmessage: (event: { data: unknown }) => void;
  readonly postMessage: (message: RemedyMessage) => void;
}

/** The channel that the code opened last, and what it has posted. */
export const remedies: { channel: IChannel | null; posted: RemedyMessage[] } = {
  channel: null,
  posted: []
};

/** Let the code open the fake in place of a `BroadcastChannel`. */
export function fakeChannel(): void {
  remedies.posted = [];
  function open(name: string): IChannel {
    const postMessage = (message: RemedyMessage) => {
      remedies.posted.push(message);
    };
    return (remedies.channel = {
      name,
      onmessage: () => undefined,
      postMessage
    });
  }
  Object.assign(globalThis, { BroadcastChannel: open });
}

/** Let the code receive a message. */
export function receive(data: object): void {
  remedies.channel!.onmessage({ data });
}
