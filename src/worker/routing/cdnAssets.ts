/**
 * Paths of files of the site by the URLs, of other origins, that they stand
 * for. The build writes it around our script, see its option `assets`; in a
 * worker of somebody else's it is not there.
 */
declare const jupyterliteAsgiAssets: Readonly<Record<string, string>>;

function carried(): Readonly<Record<string, string>> {
  return typeof jupyterliteAsgiAssets === 'undefined'
    ? {}
    : jupyterliteAsgiAssets;
}

/** Extensions of what a tab may have for its icon. */
const PICTURE = /\.(gif|ico|jpe?g|png|svg|webp)$/;

/** What browsers are told of these, whatever the host says of its files. */
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml'
};

/** Those among them that are pictures, as JSON in ASCII; null if there are none. */
export function iconPaths(): string | null {
  const found = Object.entries(carried()).filter(([, path]) =>
    PICTURE.test(path)
  );
  return found.length === 0 ? null : JSON.stringify(Object.fromEntries(found));
}

/**
 * The file of the site that stands for what a request asks of another origin;
 * null if none does.
 *
 * @param scope - the URL of the site
 */
export function assetFor(
  { method, url }: Pick<Request, 'method' | 'url'>,
  scope: URL
): URL | null {
  const assets = carried();
  const asked = url.split('#', 1)[0]!;
  return method === 'GET' && Object.hasOwn(assets, asked)
    ? new URL(assets[asked]!, scope)
    : null;
}

/**
 * Answer with a file of the site in the place of another origin, which says as
 * CDNs do that any page may have it; if the site has lost it, that origin is asked.
 */
export async function answerWith(
  file: URL,
  request: Request
): Promise<Response> {
  const { ok, headers, body } = await fetch(file).catch(() => Response.error());
  if (!ok) {
    return fetch(request);
  }
  const extension = /\.(\w+)$/.exec(file.pathname)?.[1] ?? '';
  const type = TYPES[extension] ?? headers.get('content-type');
  return new Response(body, {
    headers: {
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      ...(type === null ? {} : { 'content-type': type })
    }
  });
}
