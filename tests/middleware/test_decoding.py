"""Bodies that an app has compressed, decoded on their way."""

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

from ..support.app_call import LIFESPAN, is_left_alone, websocket

HELLO = b"hello " * 1000

#: The same bytes at any time.
gz = functools.partial(gzip.compress, mtime=0)


def name(value: str | bytes) -> str:
    """What a test is called by."""
    return value if isinstance(value, str) else f"{len(value)} bytes"


def raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def begins(coding: str, status: int = 200) -> Message:
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
    """An app with a body of these chunks."""
    last = [part(chunk, more=index < len(chunks)) for index, chunk in enumerate(chunks, 1)]
    return sends(begins(coding, status), *last)


class Reader:
    """What comes to the reader's side, message by message; each is waited for."""

    def __init__(self, app: ASGIApp, method: str = "GET") -> None:
        self.messages: list[Message] = []
        self._app, self._method = with_decoding(app), method

    async def send(self, message: Message) -> None:
        before = len(self.messages)
        await asyncio.sleep(0)
        assert len(self.messages) == before, "this one was not waited for"
        self.messages.append(message)

    async def receive(self) -> Message:
        return {"type": "http.disconnect"}

    async def run(self) -> None:
        await self._app({"type": "http", "method": self._method}, self.receive, self.send)


def ask(app: ASGIApp, method: str = "GET") -> list[Message]:
    """What comes to the reader's side."""
    reader = Reader(app, method)
    asyncio.run(reader.run())
    return reader.messages


def text(messages: Sequence[Message]) -> bytes:
    """The body, which has come to its end."""
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
def test_a_body_in_a_known_coding_is_decoded(coding: str, body: bytes) -> None:
    one_by_one = [bytes([byte]) for byte in body]
    for chunks in ([body], one_by_one, [*one_by_one, b""]):
        heard = ask(packed(coding, *chunks))
        assert heard[0]["headers"] == [(b"etag", b"1")]
        assert text(heard) == HELLO


def test_codings_may_be_named_in_several_headers() -> None:
    start = begins("deflate")
    start["headers"].append((b"content-encoding", b"gzip"))
    heard = ask(sends(start, part(gz(zlib.compress(HELLO)), more=False)))
    assert text(heard) == HELLO


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, deflate"])
@pytest.mark.parametrize("chunks", [[b""], [b"", b""]])
def test_an_empty_body_stays_empty(coding: str, chunks: list[bytes]) -> None:
    heard = ask(packed(coding, *chunks))
    assert (heard[0]["headers"], text(heard)) == ([(b"etag", b"1")], b"")


@pytest.mark.parametrize("coding", ["", "identity", "utf-8", "compress", "gzip, aws-chunked"])
def test_what_browsers_do_not_decode_is_passed_on(coding: str) -> None:
    app = packed(coding, HELLO)
    heard = ask(app)
    assert heard == [begins(coding), part(HELLO, more=False)]


@pytest.mark.parametrize("coding", ["gzip", "br"])
@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 205), ("GET", 206), ("GET", 304)]
)
def test_a_response_without_a_whole_body_is_left(coding: str, method: str, status: int) -> None:
    assert ask(packed(coding, b"x", status=status), method) == [
        begins(coding, status),
        part(b"x", more=False),
    ]


def test_other_messages_pass() -> None:
    debug: Message = {"type": "http.response.debug", "info": {}}
    rest = [{"type": "http.response.trailers", "headers": []}, part(b"too late", more=False)]
    heard = ask(sends(debug, begins("gzip"), part(gz(HELLO), more=False), *rest))
    assert (heard[0], text(heard[1:3]), heard[3:]) == (debug, HELLO, rest)


@pytest.mark.parametrize("scope", [websocket(), LIFESPAN], ids=lambda scope: str(scope["type"]))
async def test_anything_but_http_is_left_alone(scope: Scope) -> None:
    assert await is_left_alone(scope, with_decoding)


# Bytes with which a member may begin are in one, too.
MEMBERS = [
    gz(b"one"),
    gz(b""),
    gz(bytes([0x1F, 0x8B, 8, 3]) * 250, compresslevel=0),
    gz(b"two"),
]
ALL = b"one" + bytes([0x1F, 0x8B, 8, 3]) * 250 + b"two"


@pytest.mark.parametrize("size", [1, 2, 5, 7, 10_000])
def test_all_members_are_decoded(size: int) -> None:
    body = b"".join(MEMBERS)
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    assert text(ask(packed("gzip", *chunks))) == ALL
    assert text(ask(packed("gzip", *MEMBERS))) == ALL


def test_many_small_members_are_not_as_many_messages() -> None:
    heard = ask(packed("gzip", gz(b"x") * 1000))
    assert heard[1:] == [part(b"x" * 1000, more=False)]


async def test_what_was_flushed_is_handed_on_at_once() -> None:
    packer = zlib.compressobj(wbits=31)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(begins("gzip"))
        for event in (b"data: 1\n\n", b"data: 2\n\n"):
            await send(part(packer.compress(event) + packer.flush(zlib.Z_SYNC_FLUSH)))
            assert reader.messages[-1] == part(event)
        await send(part(packer.flush(), more=False))

    reader = Reader(app)
    await reader.run()
    assert reader.messages[-1] == part(b"", more=False)


@pytest.mark.parametrize("coding", ["deflate", "deflate, gzip"])
async def test_a_bomb_comes_in_steps_that_the_reader_can_hold_back(coding: str) -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    block = packer.compress(bytes(STEP)) + packer.flush(zlib.Z_FULL_FLUSH)
    bomb = 256 * block + packer.flush()
    body = bomb if coding == "deflate" else gz(bomb)
    sizes: list[int] = []

    class Forgetful(Reader):
        async def send(self, message: Message) -> None:
            await super().send(message)
            sizes.append(len(self.messages.pop().get("body", b"")))

    reader = Forgetful(packed(coding, body))
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
    assert text(ask(sends(begins("gzip"), pathsend))) == HELLO
    assert ask(sends(begins("gzip"), pathsend), "HEAD") == [begins("gzip"), pathsend]
