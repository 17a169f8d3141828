/**
 * The messages between the service worker, the kernel and pages.
 * `jupyterlite_asgi/hosts/browser/protocol.py` declares the same; both test suites read
 * the samples in `tests/messages.json`.
 */

/**
 * Version of the protocol. Receivers drop messages of another version and ignore
 * unknown fields, so it changes only when the other side would misread a message.
 */
export const VERSION = 2;

/** How many bytes a sender may be ahead of its reader. */
export const WINDOW = 1024 * 1024;

/** The most bytes of a body in one message. */
export const CHUNK = 256 * 1024;

/** Our name in the version route, the comm target, channels and locks. */
export const PACKAGE = 'jupyterlite-asgi';

/** From a new instance of the worker to an old one: end your streams. Never changes. */
export const DRAIN = `${PACKAGE} drain`;

/** The reply: my streams have ended. Never changes. */
export const DRAINED = `${PACKAGE} drained`;

/**
 * The header with which the page script and the kernel exchange cookies, as JSON in
 * `encodeURIComponent`'s encoding: in requests the page's writes and last known change,
 * in responses the cookies that it may see. The app never sees it, nor does the browser
 * in a navigation.
 */
export const COOKIES_HEADER = `${PACKAGE}-cookies`;

/**
 * The fragment by which the page script marks a download that the service worker would
 * otherwise take for a page. Apps do not see it.
 */
export const SAVED = `#${PACKAGE}-saved`;

/**
 * The header by which the kernel's script marks synchronous requests to the kernel's own
 * apps. No such request reaches an app.
 */
export const OWN_REQUEST_HEADER = `${PACKAGE}-own-request`;

interface IMessage {
  /** The protocol version of this message. */
  readonly v: number;
  /** The id of the exchange, or of the cookie write. */
  readonly id: string;
}

/** On the app's channel: a request begins. */
export interface IRequest extends IMessage {
  readonly type: 'request';
  /** The name of the channel for the kernel's messages. */
  readonly reply: string;
  /** Milliseconds since the epoch; a kernel that reads it much later does not run it. */
  readonly sent: number;
  readonly method: string;
  /** The URL, absolute and percent-encoded, without a fragment. */
  readonly url: string;
  /** Alternating names and values, joined by LF, which neither can contain (RFC 9110, section 5.5). */
  readonly headers: Uint8Array;
  /** Whether `request-body` messages follow. */
  readonly body: boolean;
  /** The browser's id of the page or worker that sent the request; empty if unknown. */
  readonly client: string;
  /**
   * Milliseconds since the epoch. A kernel that reads the request by then runs it, and
   * replies `begun` just before; one that reads it later never runs it. 0: no such reply,
   * and only the app's timeout counts.
   */
  readonly until: number;
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

/** On the app's channel: is the kernel working on this exchange? */
export interface IPing extends IMessage {
  readonly type: 'ping';
  /** As in `IRequest`. */
  readonly reply: string;
}

/** On the app's channel: the user interrupts the cell or the requests that run. */
export interface IInterrupt extends IMessage {
  readonly type: 'interrupt';
  /** As in `IRequest`. */
  readonly reply: string;
  /** Milliseconds since the epoch; a kernel that reads this later does not obey. */
  readonly until: number;
}

/** The kernel has begun to run a request that has `until`. */
export interface IBegun extends IMessage {
  readonly type: 'begun';
}

/** What was interrupted; empty if nothing ran. */
export interface IInterrupted extends IMessage {
  readonly type: 'interrupted';
  readonly what: string;
}

/** Whether it is; if so, the kernel will respond or enforce the timeout itself. */
export interface IPong extends IMessage {
  readonly type: 'pong';
  readonly running: boolean;
}

/** Status, headers and the first part of the body. */
export interface IResponse extends IMessage {
  readonly type: 'response';
  readonly status: number;
  /** As in `IRequest`. */
  readonly headers: Uint8Array;
  readonly chunk: Uint8Array;
  readonly more: boolean;
  /** The text of the status line (RFC 9112, section 4), such as `Not Found`. */
  readonly reason?: string;
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

/** The response ends unfinished. */
export interface IAbort extends IMessage {
  readonly type: 'abort';
  readonly reason: string;
  /** The status of the error page, if the response has not started. */
  readonly status: number;
}

/** From a page, on the app's channel: a script assigned to `document.cookie`. */
export interface ICookieWrite extends IMessage {
  readonly type: 'cookie-write';
  /** The URL of the page. */
  readonly url: string;
  readonly line: string;
  /** Milliseconds since the epoch; the write was made then, even if the kernel reads it later. */
  readonly sent: number;
}

/** To an app's pages, on their channel: the cookies that scripts may see. */
export interface ICookies {
  readonly v: number;
  readonly type: 'cookies';
  /** The value that `COOKIES_HEADER` has in a response. */
  readonly snapshot: string;
}

export type FromWorker =
  IRequest | IRequestBody | IResponseCredit | ICancel | IPing | IInterrupt;
export type FromKernel =
  | IResponse
  | IResponseBody
  | IRequestCredit
  | IAbort
  | IPong
  | IBegun
  | IInterrupted;

/** A message to which the sender has yet to add the version and the exchange's id. */
export type Unsent<Message> = Message extends unknown
  ? Omit<Message, keyof IMessage>
  : never;

type Check = (value: unknown) => boolean;

const isBytes: Check = value => ArrayBuffer.isView(value);
const isBoolean: Check = value => typeof value === 'boolean';
const isText: Check = value => typeof value === 'string';
const isCount: Check = value =>
  Number.isSafeInteger(value) && Number(value) >= 0;
const isStatus: Check = value =>
  isCount(value) && Number(value) >= 200 && Number(value) <= 599;

/** What the fields of a kernel's messages must be, by type. */
const FROM_KERNEL: Readonly<
  Record<FromKernel['type'], Readonly<Record<string, Check>>>
> = {
  response: {
    status: isStatus,
    headers: isBytes,
    chunk: isBytes,
    more: isBoolean,
    reason: value => value === undefined || isText(value)
  },
  'response-body': { chunk: isBytes, more: isBoolean },
  'request-credit': { bytes: isCount },
  abort: { reason: isText, status: isStatus },
  pong: { running: isBoolean },
  begun: {},
  interrupted: { what: isText }
};

/** Whether `data` is a kernel's message of our protocol version, with valid fields. */
export function isFromKernel(data: unknown): data is FromKernel {
  const fields = Object(data) as Record<string, unknown>;
  const { v, type, id } = fields;
  return (
    v === VERSION &&
    isText(id) &&
    typeof type === 'string' &&
    Object.hasOwn(FROM_KERNEL, type) &&
    Object.entries(FROM_KERNEL[type as FromKernel['type']]).every(
      ([name, check]) => check(fields[name])
    )
  );
}

/** Encode a header block in ISO-8859-1, as Fetch represents header values. */
export function joinHeaders(
  pairs: Iterable<readonly [string, string]>
): Uint8Array {
  const text = [...pairs].flat().join('\n');
  return Uint8Array.from(text, character => character.charCodeAt(0));
}

/** Decode a header block. */
export function splitHeaders(block: Uint8Array): [string, string][] {
  const parts = Array.from(block, code => String.fromCharCode(code))
    .join('')
    .split('\n');
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    pairs.push([parts[index]!, parts[index + 1]!]);
  }
  return pairs;
}

/** The channel for requests to the app `name` of the site at `base`. */
export function requestsChannel(base: string, name: string): string {
  return `${PACKAGE} ${base} requests ${name}`;
}

/** The channel on which the pages of the app `name` receive its cookies. */
export function cookiesChannel(base: string, name: string): string {
  return `${PACKAGE} ${base} cookies ${name}`;
}

/** The channel and the lock of one instance of the worker. */
export function repliesChannel(base: string, instance: string): string {
  return `${PACKAGE} ${base} worker ${instance}`;
}

/** The Web Lock that a kernel holds while it serves the app `name`. */
export function appLock(base: string, name: string): string {
  return `${PACKAGE} ${base} app ${name}`;
}

/** The Web Lock that the runtime of the published app `name` holds while it lives. */
export function publishedLock(base: string, name: string): string {
  return `${PACKAGE} ${base} published ${name}`;
}

/** The Web Lock of the page that owns that runtime; others queue for it. */
export function shellLock(base: string, name: string): string {
  return `${PACKAGE} ${base} shell ${name}`;
}

/** The Web Lock, shared, of pages of the published app `name` that a reader may see. */
export function seenLock(base: string, name: string): string {
  return `${PACKAGE} ${base} seen ${name}`;
}

/** The channel for what needs the published app `name`: a page that is seen, a request that waits. */
export function wantedChannel(base: string, name: string): string {
  return `${PACKAGE} ${base} wanted ${name}`;
}

/** The Web Lock, shared, of pages that show the app `name` within a page of another origin. */
export function foreignLock(base: string, name: string): string {
  return `${PACKAGE} ${base} foreign ${name}`;
}

/** What a kernel publishes about an app in the name of a second lock. */
export interface ITerms {
  /** The kernel's protocol version. */
  readonly protocol: number;
  /** Milliseconds until a response must start. */
  readonly timeout: number;
}

/** Read the terms of the app `name` from the names of its kernel's locks. */
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
