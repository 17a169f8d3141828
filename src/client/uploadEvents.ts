import { reachesApp, type IMount } from '../mount';
import { onNewXhr, replaceMethod } from './replace';

const EVENTS = [
  'loadstart',
  'progress',
  'load',
  'loadend',
  'abort',
  'error',
  'timeout'
] as const;

/**
 * Dispatch the events of `XMLHttpRequest.upload` that browsers omit if a service worker
 * responds (WHATWG XMLHttpRequest, section 3.5.6): Chromium omits `progress`, `load` and
 * `loadend`, Firefox only `progress`. Both dispatch those of a failure.
 *
 * Until the response starts, a page cannot know how much of the body has been read. So
 * there is one `progress` event, which reports all of it.
 */
export function completeUploadEvents(
  window: Window & typeof globalThis,
  mount: IMount
): void {
  const { prototype } = window.XMLHttpRequest;
  const uploads = new WeakMap<XMLHttpRequest, Upload>();

  // Our listeners are the first, so they are called first.
  onNewXhr(window, xhr => uploads.set(xhr, new Upload(xhr)));

  replaceMethod(prototype, 'open', (native, args, self) => {
    native(args);
    const url = new URL(String(args[1]), window.document.baseURI);
    uploads
      .get(self as XMLHttpRequest)
      ?.open(reachesApp(url, window.origin, mount));
  });

  replaceMethod(prototype, 'send', (native, args, self) => {
    uploads.get(self as XMLHttpRequest)?.send();
    native(args);
  });
}

/** The upload of one `XMLHttpRequest`, which may be sent several times. */
class Upload {
  constructor(xhr: XMLHttpRequest) {
    this._target = xhr.upload;
    this._listen(true);
    xhr.addEventListener('readystatechange', () => {
      if (xhr.readyState === xhr.HEADERS_RECEIVED) {
        this._complete();
      }
    });
  }

  /** @param toApp - whether the request goes to the app */
  open(toApp: boolean): void {
    this._toApp = toApp;
    this._start = null;
    this._isComplete = false;
  }

  /** Stop listening if the request goes elsewhere: it would need a CORS preflight. */
  send(): void {
    this._listen(this._toApp);
  }

  private _listen(listens: boolean): void {
    for (const type of EVENTS) {
      if (listens) {
        this._target.addEventListener(type, this._note);
      } else {
        this._target.removeEventListener(type, this._note);
      }
    }
  }

  private readonly _note = (event: ProgressEvent): void => {
    if (!event.isTrusted) {
      return;
    }
    if (this._isComplete) {
      // The browser takes the upload for unfinished, for instance if the page aborts.
      event.stopImmediatePropagation();
      return;
    }
    switch (event.type) {
      case 'loadstart':
        this._start = event;
        this._progressed = false;
        return;
      case 'progress':
        this._progressed = event.loaded === event.total;
        return;
      case 'load':
        this._progress();
        return;
      case 'loadend':
        this._start = null;
    }
  };

  /** Nothing is missing if the request has no body or is synchronous. */
  private _complete(): void {
    if (this._start !== null) {
      const start = this._start;
      this._progress();
      this._isComplete = true;
      this._target.dispatchEvent(finalEvent('load', start));
      this._target.dispatchEvent(finalEvent('loadend', start));
    }
  }

  private _progress(): void {
    if (this._start !== null && !this._progressed) {
      this._progressed = true;
      this._target.dispatchEvent(finalEvent('progress', this._start));
    }
  }

  private readonly _target: XMLHttpRequestUpload;
  private _toApp = false;
  /** The browser's `loadstart`, with the length of the body, until `loadend`. */
  private _start: ProgressEvent | null = null;
  private _progressed = false;
  private _isComplete = false;
}

/** An event that reports the whole body. */
function finalEvent(
  type: string,
  { total, lengthComputable }: ProgressEvent
): ProgressEvent {
  return new ProgressEvent(type, { loaded: total, total, lengthComputable });
}
