"""An app of pages that leave, post, push, download and wait, for the tests of the shell."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import uuid
from typing import Any

_PAGE = """<!doctype html>
<html lang="en"><head><title>{title}</title><link rel="icon" href="icon-{title}.svg"></head>
<body style="height: 4000px"><h1>{title}</h1>
<a id="second" href="second">second</a> <a id="moved" href="moved">moved</a>
<a id="part" href="#part">part</a> <a id="top" href="second?top" target="_top">top</a>
<a id="blank" href="second?blank" target="_blank">blank</a>
<a id="file" href="file">file</a> <a id="out" href="{root}/../">out</a>
<a id="stray" href="/stray">stray</a>
<a id="slow" href="slow">slow</a>
<a id="guarded" href="guarded">guarded</a> <a id="allowed" href="allowed">allowed</a>
<form method="post" action="posted"><button id="post">post</button></form>
<form method="post" action="moved"><button id="see-other">see other</button></form>
<form method="post"><button id="check">check</button></form>
<form method="post" action="save" enctype="multipart/form-data"><input type="file" name="file">
<button id="save">save</button> <button id="again" formaction="again">again</button>
<button id="save-stray" formaction="/save">stray</button>
<button id="save-blank" formtarget="_blank">blank</button>
<button id="none" formaction="none">none</button>
<button id="leave" formaction="leave">leave</button>
<button id="sandboxed" formaction="sandboxed">sandboxed</button>
<button id="save-file" formaction="file">file</button></form> <p id="got">{method} {sizes}</p>
<button id="push" onclick="history.pushState(null, '', 'pushed')">push</button>
<p id="part" style="margin-top: 2000px">part</p></body></html>"""

#: What pages say of frames in other sites; ours is served at 127.0.0.1.
_FRAMING = {
    "guarded": (b"x-frame-options", b"SAMEORIGIN"),
    "allowed": (b"content-security-policy", b"frame-ancestors http://localhost:*"),
    "sandboxed": (b"content-security-policy", b"sandbox"),
}

#: What paths of forms respond.
_POSTS = {
    "save": (303, b"saved"),
    "again": (307, b"save"),
    "none": (204, b""),
    "leave": (303, b"../"),
}

_HTML = [(b"content-type", b"text/html")]

#: A name for this Python, which no copy of its memory has.
_ids: list[str] = []
_go = asyncio.Event()
#: The bytes of the forms that were posted.
_sizes: list[int] = []


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer with a page whose title is the last part of the path."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    path, method = scope["path"].removeprefix(scope["root_path"]).strip("/"), scope["method"]
    if path in _TEXTS:
        await _respond(send, _TEXTS[path](), "text/plain")
    elif path == "wait":
        await _go.wait()
        await _respond(send, "done", "text/plain")
    elif path == "go":
        _go.set()
        await _respond(send, "gone", "text/plain")
    elif path == "slow":
        await send({"type": "http.response.start", "status": 200, "headers": _HTML})
        await send({"type": "http.response.body", "body": b"<h1>slow</h1>", "more_body": True})
        await _go.wait()
        await send({"type": "http.response.body", "body": b"<p>done</p>"})
    elif path == "end":
        os._exit(4)
    elif path == "file":
        await _respond(send, "saved", "text/plain", (b"content-disposition", b"attachment"))
    elif path == "moved":
        await _respond(send, "", "text/plain", (b"location", b"second?moved"), status=303)
    elif path in _POSTS:
        _sizes.append(await _size(receive))
        status, location = _POSTS[path]
        await _respond(send, "", "text/plain", (b"location", location), status=status)
    else:
        if method == "POST":
            _sizes.append(await _size(receive))
        title, root = path or "home", scope["root_path"]
        page = _PAGE.format(title=title, root=root, method=method, sizes=_sizes)
        framing = [_FRAMING[path]] if path in _FRAMING else []
        await _respond(send, page, "text/html", *framing)


async def failing(scope: Any, receive: Any, send: Any) -> None:
    """Fail to start."""
    await receive()
    sys.stdout.write("connecting\n")
    await send({"type": "lifespan.startup.failed", "message": "no database"})


async def hanging(scope: Any, receive: Any, send: Any) -> None:
    """Never start."""
    await asyncio.Event().wait()


def _id() -> str:
    _ids[:] = _ids or [uuid.uuid4().hex]
    return _ids[0]


def _finder() -> str:
    return type(json.__spec__.loader).__module__


def _where() -> str:
    winter = time.localtime(1_768_478_400)  # 2026-01-15 12:00 UTC
    found = [
        time.timezone,
        time.tzname[0],
        time.strftime("%H:%M %z", winter),
        time.strftime("%Z", winter),
        os.environ.get("LANG"),
        time.localtime().tm_year,
    ]
    return json.dumps(found)


#: What some paths respond.
_TEXTS = {"id": _id, "finder": _finder, "where": _where}


async def _live(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _size(receive: Any) -> int:
    size, more = 0, True
    while more:
        event = await receive()
        size, more = size + len(event.get("body", b"")), event.get("more_body", False)
    return size


async def _respond(
    send: Any, text: str, media_type: str, *headers: tuple[bytes, bytes], status: int = 200
) -> None:
    fields = [(b"content-type", media_type.encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": text.encode()})
