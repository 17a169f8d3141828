/** Forms that the frame posts, whose responses the service worker keeps for the shell. */

import type { IPosted, IPosting } from '../published';
import type { INavigateEvent } from './history';
import type { Place } from './page';

/** Milliseconds until the service worker has received a form that was posted. */
const PATIENCE = 5000;

/** Listens to the service worker, which asks all shells whose frame posts a form. */
export class Forms {
  /** The form that the frame posts, of which the service worker has not asked yet. */
  private _posting: { event: INavigateEvent; until: number } | null = null;
  /** By which the service worker says that the app has responded. */
  private _port: MessagePort | null = null;

  /** @param responded - called when the app has responded to the frame's form */
  constructor(
    private readonly _place: Pick<Place, 'inApp'>,
    private readonly _responded: (posted: IPosted) => void
  ) {}

  /** The frame begins to post a form. */
  note(event: INavigateEvent): void {
    this._posting = { event, until: Date.now() + PATIENCE };
  }

  /** Its entry changes: a script may have taken the form over, if nobody has it yet. */
  doubt(): void {
    this._posting = null;
  }

  /** The frame is led elsewhere. */
  forget(): void {
    this._posting = null;
    this._port = null;
  }

  handleEvent({ data, ports: [port] }: MessageEvent): void {
    const { type, url } = Object(data) as Partial<IPosting>;
    if (type !== 'posting' || url === undefined || port === undefined) {
      return;
    }
    const isOurs = this._isPosting(url);
    if (isOurs) {
      this._posting = null;
      this._port = port;
      port.onmessage = ({ data }: MessageEvent<IPosted>) => {
        if (this._port === port) {
          this._responded(data);
        }
      };
    }
    port.postMessage(isOurs);
  }

  private _isPosting(url: string): boolean {
    if (this._posting === null) {
      return false;
    }
    const { event, until } = this._posting;
    return (
      !event.defaultPrevented &&
      Date.now() < until &&
      this._place.inApp(event.destination.url) === this._place.inApp(url)
    );
  }
}
