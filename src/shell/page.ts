/** What the shell knows of its page. */

import { addPrefix, mountOf, reachesApp } from '../mount';
import { POSTED } from '../published';

/** What the inline script of the page says of the app; `jupyterlite_asgi/build/apps/pages.py` writes it. */
export interface IPage {
  /** The path of the site, with a trailing slash. */
  readonly base: string;
  readonly name: string;
  readonly title: string;
  /** Whether the shell's script was loaded past its stored copy, which could not be run. */
  readonly isRenewed: boolean;
}

declare global {
  var jupyterliteAsgiShell: IPage | undefined;
}

/** The query of a published app's URL in a frame that is to start the app. */
const EMBED = '?embed';

export class Place {
  readonly base: string;
  readonly name: string;
  readonly title: string;
  /** The URL of the site, with a trailing slash. */
  readonly site: string;
  /** The URL of the app's root. */
  readonly root: string;
  /** See `IPage`. */
  readonly isRenewed: boolean;
  /** Whether another page shows this one in a frame, without a bar and an address of its own. */
  readonly isEmbedded: boolean;

  constructor(
    { base, name, title, isRenewed }: IPage,
    private readonly _location: Pick<Location, 'href' | 'origin' | 'search'>,
    isFramed: boolean
  ) {
    this.base = base;
    this.name = name;
    this.title = title;
    this.isRenewed = isRenewed;
    this.site = _location.origin + base;
    this.root = _location.origin + mountOf(base, name).root;
    this.isEmbedded = isFramed && _location.search === EMBED;
  }

  /** The URL of the page of the app that is to be shown. */
  get shown(): string {
    const url = new URL(this._location.href);
    if (url.search === EMBED) {
      url.search = '';
    }
    return url.href;
  }

  /** Whether `url` is one of the app's. */
  has(url: string): boolean {
    return url.startsWith(this.root);
  }

  /** Whether a link to `url` leads to a page of the app, maybe by a redirect. */
  leadsToApp(url: string): boolean {
    const { base, name } = this;
    return (
      reachesApp(new URL(url), this._location.origin, mountOf(base, name)) ||
      url.startsWith(this.site + POSTED)
    );
  }

  /** The URL that a request for `url` reaches in the app, without a fragment. */
  inApp(url: string): string {
    const { base, name } = this;
    const given = new URL(url);
    const mount = mountOf(base, name);
    const { href } = addPrefix(given, this._location.origin, mount) ?? given;
    return href.split('#', 1)[0]!;
  }
}
