import { addPrefix } from '../../mount';
import type { IContext } from './context';
import { percentEncode } from './headerEncoding';

/** What a `Refresh` has before its URL, and the URL (WHATWG HTML, "shared declarative refresh steps"). */
const REFRESH =
  /^(\s*[\d.]+(?:\s*[;,]\s*|\s+)(?:url\s*=\s*)?)(?:"([^"]*)|'([^']*)|(.*))/i;

/**
 * Lead a page that is to be left for another back into the app, as with a script
 * in it `<meta http-equiv=refresh>` is.
 *
 * @param headers - the app's; changed in place
 */
export function leadRefresh(
  headers: Headers,
  { request, mount }: IContext
): void {
  const found = REFRESH.exec(headers.get('refresh') ?? '');
  // A script reads what the app wrote.
  if (found === null || request.mode !== 'navigate') {
    return;
  }
  const [, before = '', ...urls] = found;
  const url = percentEncode(urls.find(given => given !== undefined) ?? '');
  if (!URL.canParse(url, request.url)) {
    return;
  }
  const asked = new URL(request.url);
  const led = addPrefix(new URL(url, asked), asked.origin, mount);
  if (led !== null) {
    headers.set('refresh', `${before}${led.href}`);
  }
}
