"""An app that records its requests; its source runs in a cell, and uvicorn serves the module.

Requests below `to/` are recorded and get an empty response; `seen` lists them; `page` is a page to
send requests from, with the referrer policy of its query in a header or in a `<meta>` element.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

PAGE = """<!doctype html>
<meta charset="utf-8"><meta name="referrer" content="{meta}">
<iframe name="inner"></iframe>
<a id="link" href="{to}link">link</a>
<a id="framed" href="{to}framed" target="inner">link to the frame</a>
<a id="hidden" href="{to}hidden" rel="noreferrer">link that hides</a>
<form id="get" action="{to}get"><input name="a" value="1"></form>
<form id="post" action="{to}post" method="post"><input name="a" value="1"></form>
<form id="upload" action="{to}upload" method="post" enctype="multipart/form-data">
<input name="a" value="1"><input type="file" name="f"></form>
"""

#: The recorded requests, in order.
SEEN: list[dict[str, Any]] = []


def keep(scope: dict[str, Any], body: bytes) -> None:
    """Record a request, its bytes as ISO-8859-1."""
    SEEN.append(
        {
            "key": scope["path"].partition("/to/")[2],
            "method": scope["method"],
            "path": scope["path"],
            "raw_path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[part.decode("latin-1") for part in pair] for pair in scope["headers"]],
            "body": body.decode("latin-1"),
        }
    )


def answer(
    scope: dict[str, Any], query: dict[str, list[str]]
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Status, headers and body of the response."""
    what = scope["path"].rpartition("/")[2]
    if what == "seen":
        return 200, [(b"content-type", b"application/json")], json.dumps(SEEN).encode()
    if what == "events":  # it may reconnect, but not forever
        status = 200 if sum(request["key"] == "events" for request in SEEN) < 3 else 204
        content = b"retry: 1\nid: 7\ndata: \n\n" if status == 200 else b""
        return status, [(b"content-type", b"text/event-stream")], content
    headers = [(b"content-type", b"text/html; charset=utf-8")]
    headers += [(b"set-cookie", line.encode()) for line in query.get("cookie", ())]
    headers += [(b"x-answer", value.encode("latin-1")) for value in query.get("answer", ())]
    if what != "page":
        return 200, headers, b""
    headers += [(b"referrer-policy", policy.encode()) for policy in query.get("head", ())]
    to = f"to/{query.get('to', [''])[0]}"
    return 200, headers, PAGE.format(meta=query.get("meta", [""])[0], to=to).encode()


async def echo(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """The app."""
    assert scope["type"] == "http"
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    if "/to/" in scope["path"]:
        keep(scope, body)
    status, headers, content = answer(
        scope, parse_qs(scope["query_string"].decode(), encoding="latin-1")
    )
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
