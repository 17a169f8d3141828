import { CHUNK } from '../../protocol';
import type { RequestBody } from './requestBody';

/** Sends the body of a request as far as the kernel grants credit. */
export class Upload {
  /** @param _post - sends a part; `more` is false for the last one */
  constructor(
    readonly body: RequestBody,
    private readonly _post: (chunk: Uint8Array, more: boolean) => void
  ) {}

  /** Send the body; resolves at its end or after `stop`. */
  async run(): Promise<void> {
    // Even an empty body must not end before the kernel listens.
    await this._hasCredit();
    for await (const part of this.body.parts()) {
      for (let start = 0; start < part.length; start += CHUNK) {
        await this._hasCredit();
        if (this._stopped) {
          return;
        }
        const chunk = part.slice(start, start + CHUNK);
        this._credit -= chunk.length;
        this._post(chunk, true);
      }
    }
    if (!this._stopped) {
      this._post(new Uint8Array(0), false);
    }
  }

  /** Allow that many more bytes. */
  grant(bytes: number): void {
    this._credit += bytes;
    this._wake();
  }

  /** Send no more: an app may respond without reading the rest. */
  stop(): void {
    this._stopped = true;
    this.body.close();
    this._wake();
  }

  private async _hasCredit(): Promise<void> {
    while (this._credit <= 0 && !this._stopped) {
      await new Promise<void>(resolve => {
        this._wake = resolve;
      });
    }
  }

  private _credit = 0; // until the kernel listens, because a channel queues nothing
  private _stopped = false;
  private _wake: () => void = () => undefined;
}
