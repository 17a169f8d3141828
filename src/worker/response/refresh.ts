import type { IContext } from './context';
import { percentEncode } from './headerEncoding';
import { urlInApp } from './redirectInApp';

/** The part before a `Refresh` header's URL, and the URL (WHATWG HTML, "shared declarative refresh steps"). */
const REFRESH =
  /^(\s*[\d.]+(?:\s*[;,]\s*|\s+)(?:url\s*=\s*)?)(?:"([^"]*)|'([^']*)|(.*))/i;

/**
 * Keep a refresh inside the app, as the page script does with
 * `<meta http-equiv=refresh>`.
 */
export function refresh(response: Response, context: IContext): Response {
  const { headers } = response;
  const found = REFRESH.exec(headers.get('refresh') ?? '');
  // Scripts see the app's original header.
  if (found === null || context.request.mode !== 'navigate') {
    return response;
  }
  const [, before = '', ...urls] = found;
  const url = percentEncode(urls.find(match => match !== undefined) ?? '');
  const inApp = urlInApp(url, context);
  if (inApp !== null) {
    headers.set('refresh', `${before}${inApp}`);
  }
  return response;
}
