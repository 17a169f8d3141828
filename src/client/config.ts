import type { IMount } from '../mount';

/** What the service worker tells the page script about its page. */
export interface IPageConfig {
  readonly mount: IMount;
  /** The value that `COOKIES_HEADER` had in the response that the page came with. */
  readonly cookies: string;
  /** Paths of pictures of the site by the URLs, of other origins, that they stand for. */
  readonly icons: Readonly<Record<string, string>>;
}

/**
 * Read the attributes of the running script, and remove it from the page: the
 * app's own scripts find the tree as the app wrote it.
 *
 * @throws TypeError, if the service worker did not insert it
 */
export function readConfig(script: Document['currentScript']): IPageConfig {
  const { base, root, cookies, icons = '{}' } = script?.dataset ?? {};
  script?.remove();
  if (base === undefined || root === undefined || cookies === undefined) {
    throw new TypeError('the page script lacks its attributes');
  }
  const parsed = JSON.parse(icons) as IPageConfig['icons'];
  return { mount: { base, root }, cookies, icons: parsed };
}
