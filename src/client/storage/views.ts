import { Area, type IKeys, type Natives } from './area';
import { createView } from './view';

/** The views of an app, for its page and for the frames in it. */
export class Views {
  /** @param natives - those of the page */
  constructor(
    readonly keys: IKeys,
    private readonly _natives: Natives,
    private readonly _replaceable: boolean
  ) {}

  /** The view that stands for a native storage area; always the same one. */
  of(native: Storage, prototype: Storage): Storage {
    let view = this._views.get(native);
    if (view === undefined) {
      const area = new Area(native, this.keys, this._natives);
      view = createView(area, prototype, this._replaceable);
      this._views.set(native, view);
      this._areas.set(view, area);
    }
    return view;
  }

  /** The area behind a view; undefined for anything else. */
  areaOf(view: unknown): Area | undefined {
    return this._areas.get(view as Storage);
  }

  private readonly _views = new WeakMap<Storage, Storage>();
  private readonly _areas = new WeakMap<Storage, Area>();
}
