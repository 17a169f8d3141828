/** Milliseconds that a kernel has to answer a ping. */
export const PATIENCE = 1000;

/** The longest time that timers count to, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Pings a kernel that has not responded in time, and gives up if it does not answer. */
export class Deadline {
  /**
   * @param ping - asks the kernel whether it works on the request
   * @param onBusy - called if it does not say so
   */
  constructor(ping: () => void, onBusy: () => void) {
    this._ping = ping;
    this._onBusy = onBusy;
  }

  /** Ping the kernel at `time`, in milliseconds since the epoch. */
  start(time: number): void {
    this.stop();
    const rest = Math.max(0, time - Date.now());
    this._timer = setTimeout(
      () => {
        this._timer = setTimeout(this._onBusy, PATIENCE);
        this._ping();
      },
      Math.min(rest, LONGEST)
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
