"""Bodies that cannot be decoded: 502 for the client, a sentence in the log for the author."""

from __future__ import annotations

import functools
import gzip
import sys
import zlib
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from jupyterlite_asgi.errors import ClientDisconnected, Undecodable
from jupyterlite_asgi.hosts.browser.decoding import STEP, with_decoding
from jupyterlite_asgi.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from ..support.exchange import Answer, Exchange

HELLO = b"hello " * 1000

START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-encoding", b"gzip")],
}

#: Without a timestamp, so that the output is reproducible.
gz = functools.partial(gzip.compress, mtime=0)


def name(value: str | bytes) -> str:
    """The test's id for a parameter."""
    return value if isinstance(value, str) else f"{len(value)} bytes"


def packed(coding: str, *chunks: bytes) -> ASGIApp:
    """An app whose body consists of these chunks."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-encoding", coding.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for index, chunk in enumerate(chunks, 1):
            more = index < len(chunks)
            await send({"type": "http.response.body", "body": chunk, "more_body": more})

    return app


def raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


CORRUPT = [
    ("gzip", HELLO),
    ("deflate", HELLO),
    ("deflate, gzip", gz(HELLO)),
]
TRUNCATED = [
    ("gzip", gz(HELLO)[:20]),
    ("gzip", gz(HELLO)[:-1]),
    ("gzip", b"\x1f"),
    ("deflate", zlib.compress(HELLO)[:-1]),
    ("deflate", raw(HELLO)[:-1]),
    ("deflate, gzip", gz(zlib.compress(HELLO)[:-1])),
]


def check(answer: Answer, sentence: str, logged: str) -> None:
    assert answer.status == 502
    assert answer.headers[b"content-type"] == b"text/plain; charset=utf-8"
    assert answer.text.startswith("The app sent a body that cannot be decoded\n")
    assert sentence in answer.text
    assert logged.startswith("GET /demo/asgi/app/ got a body that cannot be decoded. It ")
    assert sentence in logged
    assert logged.count("\n") == 1


@pytest.mark.parametrize(("coding", "body"), CORRUPT, ids=name)
def test_corrupt_body_is_502(
    coding: str, body: bytes, exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = coding.split(",", maxsplit=1)[0]
    answer = exchange(packed(coding, body), host=with_decoding)
    check(answer, f"It is not in {wrong}, although its", capsys.readouterr().err)


@pytest.mark.parametrize(("coding", "body"), TRUNCATED, ids=name)
def test_truncated_body_is_502(
    coding: str, body: bytes, exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = coding.split(",", maxsplit=1)[0]
    answer = exchange(packed(coding, body), host=with_decoding)
    check(answer, f"It is truncated {wrong} data", capsys.readouterr().err)


@pytest.mark.parametrize("coding", ["br", "BR", "zstd", "gzip, br", "br, gzip", "br, utf-8"])
def test_coding_that_python_lacks_is_502(
    coding: str,
    exchange: Exchange,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    answer = exchange(packed(coding, HELLO), host=with_decoding)
    wrong = "zstd" if coding == "zstd" else "br"
    check(answer, f"It is compressed with {wrong}, which", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("end", "sentence"),
    [(b"\xff", "It is not in gzip, although"), (b"", "It is truncated gzip data")],
)
def test_failure_in_mid_stream_aborts_the_response(
    end: bytes, sentence: str, exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    packer = zlib.compressobj(wbits=31)
    begin = packer.compress(b"hello") + packer.flush(zlib.Z_SYNC_FLUSH)
    answer = exchange(packed("gzip", begin, end), host=with_decoding)
    assert (answer.status, answer.text) == (200, "hello")
    assert answer.abort is not None
    assert sentence in answer.abort
    assert capsys.readouterr().err == answer.abort + "\n"


@pytest.mark.parametrize("error", [None, ValueError("it could not be sent")])
def test_client_gets_502_however_the_app_handles_the_error(
    error: Exception | None, exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        for more in (True, False):
            with pytest.raises(Undecodable):
                await send({"type": "http.response.body", "body": HELLO, "more_body": more})
        if error:
            raise error

    answer = exchange(app, host=with_decoding)
    traceback, sentence = capsys.readouterr().err[:-1].rpartition("\n")[::2]
    check(answer, "It is not in gzip", f"{sentence}\n")
    assert ("it could not be sent" in traceback) == (error is not None)


def test_exception_in_mid_stream_is_reported_as_the_apps(exchange: Exchange) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def fail(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body":
                raise ValueError

        await packed("gzip", gz(HELLO)[:15], b"")(scope, receive, fail)

    answer = exchange(app, host=with_decoding)
    assert answer.abort == "The app raised ValueError in the middle of its response."


async def test_disconnect_is_raised_in_the_app() -> None:
    async def leaves(message: Message) -> None:
        if message["type"] == "http.response.body":
            raise ClientDisconnected

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(ClientDisconnected):
            await packed("gzip", gz(HELLO))(scope, receive, send)

    await with_decoding(app)({"type": "http", "method": "GET"}, receive, leaves)


class FakeZstdDecompressor:
    """A decompressor with the interface of `compression.zstd`'s, on top of zlib."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj()
        self._rest = b""

    @property
    def eof(self) -> bool:
        return self._member.eof

    @property
    def unused_data(self) -> bytes:
        return self._member.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = self._member.decompress(self._rest + data, max_length)
        self._rest = self._member.unconsumed_tail
        return piece


def test_zstd_is_decoded_if_python_supports_it(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = SimpleNamespace(ZstdDecompressor=FakeZstdDecompressor)
    monkeypatch.setitem(sys.modules, "compression.zstd", module)
    members = zlib.compress(bytes(3 * STEP + 5)) + zlib.compress(HELLO)
    for cut in (1, 100, len(members) - 5):
        answer = exchange(packed("zstd", members[:cut], members[cut:]), host=with_decoding)
        assert b"".join(answer.chunks) == bytes(3 * STEP + 5) + HELLO
