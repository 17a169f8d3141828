import type { IMount } from '../mount';

/** What the worker tells the client script of its page. */
export interface IPage {
  readonly mount: IMount;
  /** The value that `COOKIES_HEADER` had in the response that the page came with. */
  readonly cookies: string;
  /** Paths of pictures of the site by the URLs, of other origins, that they stand for. */
  readonly icons: Readonly<Record<string, string>>;
}

/**
 * Read the attributes of the script that runs, and take it out of the page: the
 * app's own scripts find the tree as the app wrote it.
 *
 * @throws TypeError, if it is not one that the worker put there
 */
export function takePage(script: Document['currentScript']): IPage {
  const { base, root, cookies, icons = '{}' } = script?.dataset ?? {};
  script?.remove();
  if (base === undefined || root === undefined || cookies === undefined) {
    throw new TypeError('the script has not the attributes that it needs');
  }
  const parsed = JSON.parse(icons) as IPage['icons'];
  return { mount: { base, root }, cookies, icons: parsed };
}
