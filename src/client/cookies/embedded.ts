/**
 * Whether another site embeds the page (RFC 6265bis, section 5.2.1). Without the
 * public suffix list, a site is a scheme and a host here.
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
    return 'null'; // cross-origin, so possibly cross-site
  }
}
