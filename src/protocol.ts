/**
 * The messages between the service worker and the kernel, without any logic of
 * either. The Python side declares the same in `jupyterlite_asgi/hosts/browser/protocol.py`;
 * `tests/messages.json` holds a sample of each and both test suites read it.
 */

/**
 * Version of the protocol. A side drops messages of another version; readers are
 * asked to reload. Unknown fields are ignored, so the version changes only when
 * a message becomes incompatible: one that the other side would misread.
 */
export const VERSION = 1;

/** Bytes a sender may be ahead of its reader. */
export const WINDOW = 1024 * 1024;

/** Bytes of a body in one message, at most. */
export const CHUNK = 256 * 1024;

/** The name by which our version route and our comm target are known. */
export const PACKAGE = 'jupyterlite-asgi';

/** From a new instance of the worker to an old one: end your streams. The same in all versions. */
export const DRAIN = `${PACKAGE} drain`;

/** From the old one: they are ended. */
export const DRAINED = `${PACKAGE} drained`;

/**
 * The header by which a page's script and the kernel tell each other of cookies.
 *
 * In a request it is what the page knows, in a response what it may see; the
 * value is JSON in `encodeURIComponent`'s encoding. Neither the app nor, in a
 * navigation, the browser gets to see it.
 */
export const COOKIES_HEADER = `${PACKAGE}-cookies`;

/**
 * The fragment of a URL that a page's script has the browser save as it is,
 * where the service worker would take it for that of a page; no app sees it.
 */
export const SAVED = `#${PACKAGE}-saved`;

interface IMessage {
  /** The version of the protocol that this is written in. */
  readonly v: number;
  /** The id of the exchange, or of what else this is about. */
  readonly id: string;
}

/** On the served app's channel: a request begins. */
export interface IRequest extends IMessage {
  readonly type: 'request';
  /** The name of the channel on which this worker instance expects its answer. */
  readonly reply: string;
  /** Milliseconds since the epoch; read much later, it is not to be run. */
  readonly sent: number;
  readonly method: string;
  /** The URL, absolute and percent-encoded, without a fragment. */
  readonly url: string;
  /** Names and values in turn, joined by LF (RFC 9110, section 5.5). */
  readonly headers: Uint8Array;
  /** Whether request bodies follow. */
  readonly body: boolean;
  /** The page or worker that asks, by the browser's id of it; empty if unknown. */
  readonly client: string;
}

/** A part of the request's body. */
export interface IRequestBody extends IMessage {
  readonly type: 'request-body';
  readonly chunk: Uint8Array;
  readonly more: boolean;
}

/** The reader took this many bytes of the response's body. */
export interface IResponseCredit extends IMessage {
  readonly type: 'response-credit';
  readonly bytes: number;
}

/** Nobody reads this response any more. */
export interface ICancel extends IMessage {
  readonly type: 'cancel';
}

/** On the served app's channel: is the kernel working on this exchange? */
export interface IPing extends IMessage {
  readonly type: 'ping';
  /** As in `IRequest`. */
  readonly reply: string;
}

/** Whether it is; if so the answer comes, or the kernel's own deadline. */
export interface IPong extends IMessage {
  readonly type: 'pong';
  readonly running: boolean;
}

/** Status, headers and the first part of the body. */
export interface IResponse extends IMessage {
  readonly type: 'response';
  readonly status: number;
  /** Names and values in turn, joined by LF. */
  readonly headers: Uint8Array;
  readonly chunk: Uint8Array;
  readonly more: boolean;
}

/** A further part of the response's body. */
export interface IResponseBody extends IMessage {
  readonly type: 'response-body';
  readonly chunk: Uint8Array;
  readonly more: boolean;
}

/** The app took this many bytes of the request's body. */
export interface IRequestCredit extends IMessage {
  readonly type: 'request-credit';
  readonly bytes: number;
}

/** The response ends here, unfinished. */
export interface IAbort extends IMessage {
  readonly type: 'abort';
  readonly reason: string;
  /** The status of the page that takes the response's place, if none of it has come. */
  readonly status: number;
}

/** From a page, on the served app's channel: what a script gave to `document.cookie`. */
export interface ICookieWrite extends IMessage {
  readonly type: 'cookie-write';
  /** The URL of the page. */
  readonly url: string;
  readonly line: string;
}

/** To the pages of an app, on a channel of theirs: the cookies that scripts may see. */
export interface ICookies {
  readonly v: number;
  readonly type: 'cookies';
  /** The value that `COOKIES_HEADER` has in a response. */
  readonly news: string;
}

export type FromWorker =
  IRequest | IRequestBody | IResponseCredit | ICancel | IPing;
export type FromPage = ICookieWrite;
export type ToPages = ICookies;
export type FromKernel =
  IResponse | IResponseBody | IRequestCredit | IAbort | IPong;

const FROM_KERNEL: ReadonlySet<unknown> = new Set<FromKernel['type']>([
  'response',
  'response-body',
  'request-credit',
  'abort',
  'pong'
]);

/** Whether what came over a channel is a kernel's message that we can read. */
export function isFromKernel(data: unknown): data is FromKernel {
  if (typeof data !== 'object' || data === null) {
    return false;
  }
  const { v, type, id } = data as Record<string, unknown>;
  return v === VERSION && typeof id === 'string' && FROM_KERNEL.has(type);
}

/** A header block of pairs, in ISO-8859-1 as Fetch has header values. */
export function joinHeaders(
  pairs: Iterable<readonly [string, string]>
): Uint8Array {
  const text = [...pairs].flat().join('\n');
  return Uint8Array.from(text, character => character.charCodeAt(0));
}

/** The pairs of a header block. */
export function splitHeaders(block: Uint8Array): [string, string][] {
  if (block.length === 0) {
    return [];
  }
  const parts = Array.from(block, code => String.fromCharCode(code))
    .join('')
    .split('\n');
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    pairs.push([parts[index]!, parts[index + 1]!]);
  }
  return pairs;
}

/** The channel on which the served app `name` of the site at `base` gets requests. */
export function requestsChannel(base: string, name: string): string {
  return `${PACKAGE} ${base} requests ${name}`;
}

/** The channel on which the pages of the served app `name` hear of its cookies. */
export function cookiesChannel(base: string, name: string): string {
  return `${PACKAGE} ${base} cookies ${name}`;
}

/** The channel, and the lock, of one instance of the worker. */
export function repliesChannel(base: string, instance: string): string {
  return `${PACKAGE} ${base} worker ${instance}`;
}

/** The Web Lock that a kernel holds as long as it serves `name`. */
export function appLock(base: string, name: string): string {
  return `${PACKAGE} ${base} app ${name}`;
}

/** What a kernel says of a served app by the name of a second lock. */
export interface ITerms {
  /** The version of the protocol that the kernel speaks. */
  readonly protocol: number;
  /** Milliseconds that a request may take to its first byte. */
  readonly timeout: number;
}

/** Read the terms of `name` out of the names of the locks that its kernel holds. */
export function readTerms(
  base: string,
  name: string,
  locks: readonly string[]
): ITerms | null {
  const prefix = `${PACKAGE} ${base} terms ${name} `;
  const lock = locks.find(lock => lock.startsWith(prefix));
  const [protocol, seconds] = lock?.slice(prefix.length).split(' ') ?? [];
  return seconds === undefined
    ? null
    : { protocol: Number(protocol), timeout: Number(seconds) * 1000 };
}
