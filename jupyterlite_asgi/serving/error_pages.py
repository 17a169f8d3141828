"""Error responses in place of an app's: HTML for people, JSON or text for scripts."""

from __future__ import annotations

import dataclasses
import html
import json

from ..types import HeaderPairs, Scope, Send
from .tracebacks import format_traceback, innermost, notes, summarize

#: RFC 9110, section 15.6.1: Internal Server Error.
STATUS = 500

#: Looks like the service worker's own pages; see `page()` in `src/worker/workerPages.ts`.
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
  body {{ margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }}
  h1 {{ font-size: 1.25rem; }}
  pre {{ background: #8881; font-size: 0.85rem; overflow: auto; padding: 1rem; }}
</style>
<h1>{title}</h1>
<p>{detail}</p>
{blocks}</html>
"""

#: Errors after which the same request may succeed (RFC 9110, sections 15.6.4 and 15.6.5).
_TEMPORARY = (503, 504)

#: What to do about an app that is late, unless it is another's fault.
FASTER = "make the app respond faster"

_RETRY = '<p><a href="">Try again</a></p>\n'

_DETAILS = "<details><summary>Full traceback, including libraries</summary>"


@dataclasses.dataclass(frozen=True, slots=True)
class ErrorPage:
    """A complete response in place of the app's."""

    status: int
    headers: HeaderPairs
    body: bytes
    #: What happened, for the log.
    sentence: str


async def send(send: Send, page: ErrorPage) -> None:
    """Send ``page`` as the whole response."""
    await send({"type": "http.response.start", "status": page.status, "headers": page.headers})
    await send({"type": "http.response.body", "body": page.body})


def raised(scope: Scope, error: BaseException) -> ErrorPage:
    """Return a 500 for an app that raised ``error``, with its author's frames first."""
    detail = f"{scope['method']} {scope['path']} failed{_where(error)}."
    detail = " ".join([detail, *notes(error)])
    own, full = format_traceback(error, own=True), format_traceback(error)
    return _render(scope, summarize(error), detail, own, full)


def malformed(scope: Scope, error: Exception) -> ErrorPage:
    """Return a 502 for an app whose response violates HTTP or ASGI, as ``error`` says."""
    where = _where(error)
    detail = f"{scope['method']} {scope['path']} got a malformed response{where}: {error}"
    own = format_traceback(error, own=True)
    return _render(scope, "The app sent a malformed response", detail, own, own, status=502)


def undecodable(scope: Scope, error: Exception) -> ErrorPage:
    """Return a 502 for an app whose body cannot be decoded, as ``error`` says."""
    title = "The app sent a body that cannot be decoded"
    detail = f"{scope['method']} {scope['path']} got a body that cannot be decoded. {error}"
    return _render(scope, title, detail, status=502)


def unanswered(scope: Scope, reason: str, status: int = STATUS) -> ErrorPage:
    """Return a 500, unless given another status, for an app that ended without a response."""
    detail = f"{scope['method']} {scope['path']} got no response."
    return _render(scope, reason, detail, status=status)


def stopping(scope: Scope, name: str) -> ErrorPage:
    """Return a 503 for an app that is shutting down."""
    detail = f"{scope['method']} {scope['path']} arrived too late: serve the app again first."
    return _render(scope, f"The app {name!r} is being stopped", detail, status=503)


def late(scope: Scope, seconds: float, doing: str, remedy: str = FASTER) -> ErrorPage:
    """Return a 504 for an app that sent nothing in time.

    ``doing`` says what it did instead, ``remedy`` what to do besides allowing more time.
    """
    title = f"The app did not respond within {seconds:g} seconds"
    detail = (
        f"{scope['method']} {scope['path']} timed out{doing and f' while it {doing}'}: "
        f"{remedy}, or allow more time with --timeout."
    )
    return _render(scope, title, detail, status=504)


def interrupted(scope: Scope, doing: str) -> ErrorPage:
    """Return a 503 for a request that the user interrupted; ``doing`` says what it did."""
    detail = f"{scope['method']} {scope['path']} was interrupted{doing and f' while it {doing}'}."
    return _render(scope, "The request was interrupted", detail, status=503)


def large_headers(scope: Scope, size: int, limit: int) -> ErrorPage:
    """Return a 431 (RFC 6585) for a request with ``size`` bytes of headers."""
    detail = (
        f"{scope['method']} {scope['path']} has {size:,} bytes of headers, but at most {limit:,} "
        "are allowed: send shorter ones or fewer cookies, or raise --limit-headers."
    )
    return _render(scope, "The request's headers are too large", detail, status=431)


def large_body(scope: Scope, limit: int) -> ErrorPage:
    """Return a 413 (RFC 9110) for a request whose body has more bytes than allowed."""
    detail = (
        f"{scope['method']} {scope['path']} has a body of more than {limit:,} bytes: send less, "
        "or raise --limit-body."
    )
    return _render(scope, "The request's body is too large", detail, status=413)


def crowded(scope: Scope, limit: int) -> ErrorPage:
    """Return a 503 for a request that came while too many others were running and waiting."""
    detail = (
        f"{scope['method']} {scope['path']} came while {limit:,} requests were running and "
        f"{limit:,} waiting: try again, or raise --limit-concurrency."
    )
    page = _render(scope, "The app has too many requests", detail, status=503)
    page.headers.append((b"retry-after", b"1"))
    return page


def _where(error: BaseException) -> str:
    place = innermost(error)
    return place and f" in {place}"


def _render(
    scope: Scope,
    title: str,
    detail: str,
    own: str = "",
    full: str = "",
    *,
    status: int = STATUS,
) -> ErrorPage:
    """Choose a format by ``Accept``: only navigations name HTML."""
    accept = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    if b"text/html" in accept:
        blocks = f"<pre>{html.escape(own)}</pre>\n" if own else ""
        if full != own:
            blocks += f"{_DETAILS}<pre>{html.escape(full)}</pre></details>\n"
        if status in _TEMPORARY and scope["method"] == "GET":
            blocks += _RETRY
        text = _PAGE.format(title=html.escape(title), detail=html.escape(detail), blocks=blocks)
        kind = b"text/html; charset=utf-8"
    elif b"json" in accept:
        text = json.dumps({"error": title, "detail": detail, "traceback": full.splitlines()})
        kind = b"application/json"
    else:
        text = f"{title}\n{detail}\n\n{full}"
        kind = b"text/plain; charset=utf-8"
    body = text.encode(errors="backslashreplace")
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    return ErrorPage(status, headers, body, detail)
