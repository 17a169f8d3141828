/**
 * Whether another site has embedded the page (RFC 6265bis, section 5.2.1).
 *
 * A site is a scheme and a host here: which hosts under one domain belong
 * together only a list of public suffixes could tell.
 */
export function isCrossSite(window: Window): boolean {
  const { protocol, hostname } = window.location;
  return ancestorOrigins(window).some(origin => {
    const url = URL.canParse(origin) ? new URL(origin) : null;
    return url?.protocol !== protocol || url.hostname !== hostname;
  });
}

function ancestorOrigins(window: Window): string[] {
  const { ancestorOrigins } = window.location as Partial<Location>;
  if (ancestorOrigins !== undefined) {
    return [...ancestorOrigins];
  }
  const origins: string[] = [];
  for (let frame = window; frame !== frame.parent; frame = frame.parent) {
    origins.push(originOf(frame.parent));
  }
  return origins;
}

function originOf(window: Window): string {
  try {
    return window.location.origin;
  } catch {
    return 'null'; // of another origin, so it may be of another site
  }
}
