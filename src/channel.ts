/**
 * A minimal message channel, like Comlink's `Endpoint`: `BroadcastChannel`,
 * `MessagePort` and `Worker` are channels.
 */
export interface IChannel<Sent, Received> {
  postMessage(message: Sent): void;
  addEventListener(type: 'message', listener: Listener<Received>): void;
  removeEventListener(type: 'message', listener: Listener<Received>): void;
}

export type Listener<Received> = (event: { readonly data: Received }) => void;
