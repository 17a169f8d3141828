/** How many milliseconds to wait for a pong. */
export const PONG_TIMEOUT = 1000;

/** The longest delay that timers support, in milliseconds. */
const MAX_DELAY = 2 ** 31 - 1;

/** Pings a kernel that has not responded in time, and gives up if it sends no pong. */
export class Deadline {
  /**
   * @param ping - asks the kernel whether it is handling the request
   * @param onBusy - called if it does not reply
   */
  constructor(ping: () => void, onBusy: () => void) {
    this._ping = ping;
    this._onBusy = onBusy;
  }

  /** Ping the kernel at `time`, in milliseconds since the epoch. */
  start(time: number): void {
    this.stop();
    const remaining = Math.max(0, time - Date.now());
    this._timer = setTimeout(
      () => {
        this._timer = setTimeout(this._onBusy, PONG_TIMEOUT);
        this._ping();
      },
      Math.min(remaining, MAX_DELAY)
    );
  }

  /** The kernel has responded. */
  stop(): void {
    clearTimeout(this._timer);
  }

  private readonly _ping: () => void;
  private readonly _onBusy: () => void;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
