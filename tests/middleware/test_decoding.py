"""Decoding of response bodies that the app compressed."""

from __future__ import annotations

import asyncio
import functools
import gzip
import tracemalloc
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from jupyterlite_asgi.hosts.browser.decoding import STEP, with_decoding
from jupyterlite_asgi.types import ASGIApp, Message, Receive, Scope, Send

from ..support.app_call import LIFESPAN, passes_through, websocket

HELLO = b"hello " * 1000

#: Without a timestamp, so that the output is reproducible.
gz = functools.partial(gzip.compress, mtime=0)


def name(value: str | bytes) -> str:
    """The test's id for a parameter."""
    return value if isinstance(value, str) else f"{len(value)} bytes"


def raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def response_start(coding: str, status: int = 200) -> Message:
    headers = [(b"Content-Encoding", coding.encode()), (b"content-length", b"9"), (b"etag", b"1")]
    return {"type": "http.response.start", "status": status, "headers": headers}


def part(body: Any, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def sends(*messages: Message) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


def packed(coding: str, *chunks: bytes, status: int = 200) -> ASGIApp:
    """An app whose body consists of these chunks."""
    last = [part(chunk, more=index < len(chunks)) for index, chunk in enumerate(chunks, 1)]
    return sends(response_start(coding, status), *last)


class Reader:
    """Collects what the middleware sends; checks that it awaits each ``send``."""

    def __init__(self, app: ASGIApp, method: str = "GET") -> None:
        self.messages: list[Message] = []
        self._app, self._method = with_decoding(app), method

    async def send(self, message: Message) -> None:
        before = len(self.messages)
        await asyncio.sleep(0)
        assert len(self.messages) == before, "the previous send() was not awaited"
        self.messages.append(message)

    async def receive(self) -> Message:
        return {"type": "http.disconnect"}

    async def run(self) -> None:
        await self._app({"type": "http", "method": self._method}, self.receive, self.send)


def fetch(app: ASGIApp, method: str = "GET") -> list[Message]:
    """Send a request; return the messages of the response."""
    reader = Reader(app, method)
    asyncio.run(reader.run())
    return reader.messages


def text(messages: Sequence[Message]) -> bytes:
    """The body of a complete response."""
    start, *parts = messages
    assert start["type"] == "http.response.start"
    assert [message["more_body"] for message in parts] == [True] * (len(parts) - 1) + [False]
    return b"".join(message["body"] for message in parts)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gz(HELLO)),
        ("x-gzip", gz(HELLO)),
        ("GZip", gz(HELLO)),
        ("deflate", zlib.compress(HELLO)),
        ("deflate", zlib.compress(HELLO, 9)),
        ("deflate", raw(HELLO)),
        ("gzip, identity", gz(HELLO)),
        ("gzip, gzip", gz(gz(HELLO))),
        ("deflate, gzip", gz(zlib.compress(HELLO))),
        ("gzip,,deflate", zlib.compress(gz(HELLO))),
    ],
    ids=name,
)
def test_known_codings_are_decoded(coding: str, body: bytes) -> None:
    one_by_one = [bytes([byte]) for byte in body]
    for chunks in ([body], one_by_one, [*one_by_one, b""]):
        sent = fetch(packed(coding, *chunks))
        assert sent[0]["headers"] == [(b"etag", b"1")]
        assert text(sent) == HELLO


def test_codings_may_be_listed_in_several_headers() -> None:
    start = response_start("deflate")
    start["headers"].append((b"content-encoding", b"gzip"))
    sent = fetch(sends(start, part(gz(zlib.compress(HELLO)), more=False)))
    assert text(sent) == HELLO


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, deflate"])
@pytest.mark.parametrize("chunks", [[b""], [b"", b""]])
def test_an_empty_body_stays_empty(coding: str, chunks: list[bytes]) -> None:
    sent = fetch(packed(coding, *chunks))
    assert (sent[0]["headers"], text(sent)) == ([(b"etag", b"1")], b"")


@pytest.mark.parametrize("coding", ["", "identity", "utf-8", "compress", "gzip, aws-chunked"])
def test_codings_that_browsers_ignore_are_ignored(coding: str) -> None:
    app = packed(coding, HELLO)
    sent = fetch(app)
    assert sent == [response_start(coding), part(HELLO, more=False)]


@pytest.mark.parametrize("coding", ["gzip", "br"])
@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 205), ("GET", 206), ("GET", 304)]
)
def test_responses_without_a_complete_body_pass_through(
    coding: str, method: str, status: int
) -> None:
    assert fetch(packed(coding, b"x", status=status), method) == [
        response_start(coding, status),
        part(b"x", more=False),
    ]


def test_other_messages_pass_through() -> None:
    debug: Message = {"type": "http.response.debug", "info": {}}
    rest = [{"type": "http.response.trailers", "headers": []}, part(b"too late", more=False)]
    sent = fetch(sends(debug, response_start("gzip"), part(gz(HELLO), more=False), *rest))
    assert (sent[0], text(sent[1:3]), sent[3:]) == (debug, HELLO, rest)


@pytest.mark.parametrize("scope", [websocket(), LIFESPAN], ids=lambda scope: str(scope["type"]))
async def test_only_http_is_decoded(scope: Scope) -> None:
    assert await passes_through(scope, with_decoding)


@pytest.mark.parametrize(
    "rest", [b"rest", bytes(20), b"\x1f", gz(b"two"), gz(b"two")[:9]], ids=name
)
@pytest.mark.parametrize("size", [1, 2, 5, 7, 10_000])
def test_what_follows_is_ignored_as_by_browsers(rest: bytes, size: int) -> None:
    for coding, packed_ in (("gzip", gz(b"one")), ("deflate", zlib.compress(b"one"))):
        body = packed_ + rest
        chunks = [body[start : start + size] for start in range(0, len(body), size)]
        assert text(fetch(packed(coding, *chunks))) == b"one"
        assert text(fetch(packed(coding, packed_, rest))) == b"one"


def test_what_follows_is_ignored_in_each_of_several_codings() -> None:
    inner = gz(zlib.compress(b"one") + b"rest") + b"rest"
    assert text(fetch(packed("deflate, gzip", inner))) == b"one"


async def test_flushed_data_is_sent_at_once() -> None:
    packer = zlib.compressobj(wbits=31)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(response_start("gzip"))
        for event in (b"data: 1\n\n", b"data: 2\n\n"):
            await send(part(packer.compress(event) + packer.flush(zlib.Z_SYNC_FLUSH)))
            assert reader.messages[-1] == part(event)
        await send(part(packer.flush(), more=False))

    reader = Reader(app)
    await reader.run()
    assert reader.messages[-1] == part(b"", more=False)


@pytest.mark.parametrize("coding", ["deflate", "deflate, gzip"])
async def test_bomb_is_decoded_in_bounded_steps(coding: str) -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    block = packer.compress(bytes(STEP)) + packer.flush(zlib.Z_FULL_FLUSH)
    bomb = 256 * block + packer.flush()
    body = bomb if coding == "deflate" else gz(bomb)
    sizes: list[int] = []

    class DiscardingReader(Reader):
        async def send(self, message: Message) -> None:
            await super().send(message)
            sizes.append(len(self.messages.pop().get("body", b"")))

    reader = DiscardingReader(packed(coding, body))
    tracemalloc.start()
    await reader.run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (sum(sizes), max(sizes)) == (256 * STEP, STEP)
    assert peak < 8 * STEP


def test_a_file_is_decoded(tmp_path: Path) -> None:
    file = tmp_path / "hello.txt.gz"
    file.write_bytes(gz(HELLO))
    pathsend: Message = {"type": "http.response.pathsend", "path": str(file)}
    assert text(fetch(sends(response_start("gzip"), pathsend))) == HELLO
    assert fetch(sends(response_start("gzip"), pathsend), "HEAD") == [
        response_start("gzip"),
        pathsend,
    ]
