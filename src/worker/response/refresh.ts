import { addPrefix } from '../../mount';
import type { IContext } from './context';
import { percentEncode } from './headerEncoding';

/** The part before a `Refresh` header's URL, and the URL (WHATWG HTML, "shared declarative refresh steps"). */
const REFRESH =
  /^(\s*[\d.]+(?:\s*[;,]\s*|\s+)(?:url\s*=\s*)?)(?:"([^"]*)|'([^']*)|(.*))/i;

/**
 * Keep a refresh inside the app, as the page script does with
 * `<meta http-equiv=refresh>`.
 */
export function refresh(
  response: Response,
  { request, mount }: IContext
): Response {
  const { headers } = response;
  const found = REFRESH.exec(headers.get('refresh') ?? '');
  // Scripts see the app's original header.
  if (found === null || request.mode !== 'navigate') {
    return response;
  }
  const [, before = '', ...urls] = found;
  const url = percentEncode(urls.find(match => match !== undefined) ?? '');
  if (!URL.canParse(url, request.url)) {
    return response;
  }
  const { origin } = new URL(request.url);
  const inApp = addPrefix(new URL(url, request.url), origin, mount);
  if (inApp !== null) {
    headers.set('refresh', `${before}${inApp.href}`);
  }
  return response;
}
