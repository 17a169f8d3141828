import type { IMount } from '../mount';

/** What the service worker passes to the page script. */
export interface IPageConfig {
  readonly mount: IMount;
  /** The value of `COOKIES_HEADER` in the page's response. */
  readonly cookies: string;
  /** Paths of the site's copies of pictures, by the cross-origin URLs they replace. */
  readonly icons: Readonly<Record<string, string>>;
}

/**
 * Read the running script's attributes and remove it from the page, so that the
 * app's own scripts find the DOM as the app wrote it.
 *
 * @throws TypeError if the attributes are missing
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
