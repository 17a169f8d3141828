"""Compressed bodies, sound and damaged: the same result however they are cut into messages."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from jupyterlite_asgi.errors import Undecodable
from jupyterlite_asgi.hosts.browser.decoding import with_decoding
from jupyterlite_asgi.types import Message, Receive, Scope, Send

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "deflate": zlib.compress,
    "deflate, gzip": lambda data: gzip.compress(zlib.compress(data), mtime=0),
}


def decoded(coding: str, chunks: list[bytes]) -> bytes | None:
    """Return the decoded body, or None if it cannot be decoded."""
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-encoding", coding.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    async def main() -> None:
        await with_decoding(app)(scope, receive, send)

    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    try:
        asyncio.run(main())
    except Undecodable:
        return None
    if sent[0]["status"] == 502:
        return None
    return b"".join(message["body"] for message in sent[1:])


@given(st.data(), st.sampled_from(sorted(PACKERS)), st.binary(max_size=300))
def test_chunks_make_no_difference(data: st.DataObject, coding: str, content: bytes) -> None:
    body = PACKERS[coding](content)
    damage = data.draw(st.sampled_from(["none", "none", "cut", "byte", "rest"]))
    place = data.draw(st.integers(0, len(body) - 1))
    if damage == "cut":
        body = body[:place]
    elif damage == "byte":
        body = body[:place] + data.draw(st.binary(min_size=1, max_size=1)) + body[place + 1 :]
    elif damage == "rest":
        body += data.draw(st.binary())
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    chunks = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    whole = decoded(coding, [body])
    assert decoded(coding, chunks) == whole
    if damage in ("none", "rest"):
        assert whole == content
