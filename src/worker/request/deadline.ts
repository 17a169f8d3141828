/** How many milliseconds to wait for a pong. */
export const PONG_TIMEOUT = 1000;

/** The longest delay that timers support, in milliseconds. */
const MAX_DELAY = 2 ** 31 - 1;

/** Pings a kernel that has not responded in time, and gives up if it sends no pong. */
export class Deadline {
  /** @param _onBusy - called if the kernel does not reply to the ping */
  constructor(
    private readonly _ping: () => void,
    private readonly _onBusy: () => void
  ) {}

  /** Ping the kernel at `time`, in milliseconds since the epoch. */
  start(time: number): void {
    this.stop();
    const delay = Math.min(time - Date.now(), MAX_DELAY);
    this._timer = setTimeout(() => {
      this._timer = setTimeout(this._onBusy, PONG_TIMEOUT);
      this._ping();
    }, delay);
  }

  /** The kernel has replied to the ping, but may become busy: ping it again later. */
  repeat(): void {
    this.start(Date.now() + PONG_TIMEOUT);
  }

  /** The kernel has responded. */
  stop(): void {
    clearTimeout(this._timer);
  }

  private _timer: ReturnType<typeof setTimeout> | undefined;
}
