/**
 * Paths of the site's copies of CDN files, by their URLs. The build addon defines it
 * around our script (option `assets`); other service workers do not define it.
 */
declare const jupyterliteAsgiAssets: Readonly<Record<string, string>>;

function assets(): Readonly<Record<string, string>> {
  return typeof jupyterliteAsgiAssets === 'undefined'
    ? {}
    : jupyterliteAsgiAssets;
}

/** Extensions of a tab's icon. */
const PICTURE = /\.(gif|ico|jpe?g|png|svg|webp)$/;

/** Types by extension, which take precedence over the host's. */
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml'
};

/** The assets that are pictures, as ASCII JSON; null if none. */
export function iconPaths(): string | null {
  const found = Object.entries(assets()).filter(([, path]) =>
    PICTURE.test(path)
  );
  return found.length === 0 ? null : JSON.stringify(Object.fromEntries(found));
}

/**
 * The site's copy of the CDN file that is requested; null if there is none.
 */
export function assetFor(
  { method, url }: Pick<Request, 'method' | 'url'>,
  scope: URL
): URL | null {
  const paths = assets();
  const requested = url.split('#', 1)[0]!;
  return method === 'GET' && Object.hasOwn(paths, requested)
    ? new URL(paths[requested]!, scope)
    : null;
}

/**
 * Respond with the site's copy of a CDN file, and the CORS headers of a CDN. If the copy
 * is missing, request the original.
 */
export async function serveAsset(
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
