"""Decompresses an app's bodies (RFC 9110, section 8.4).

Browsers do not do that for responses from a service worker.
"""

from __future__ import annotations

import importlib
import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from ...errors import Undecodable
from ...serving import error_pages
from ...types import ASGIApp, HeaderPairs, Message, Receive, Scope, Send
from ..http import read_file

#: The maximum bytes of a decoded part, so that flow control also limits a decompression bomb.
STEP = 1024 * 1024

#: Encoded bytes to decode at a time: whatever a step leaves over is copied for the next.
SLICE = 256 * 1024

_CODINGS = frozenset({"gzip", "x-gzip", "deflate", "zstd"})

#: Statuses without a body, or with a part of one, which cannot be decoded separately.
_LEFT = (204, 205, 206, 304)


def with_decoding(app: ASGIApp) -> ASGIApp:
    """Middleware that decodes an app's bodies, each message as far as the app flushed it.

    Responses to HEAD or without a whole body pass unchanged, as do codings that browsers do not
    know. A body that cannot be decoded becomes a 502, and a sentence in the app's log; once part
    of it has been sent, the response is aborted.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "HEAD":
            await app(scope, receive, send)
            return
        response = _Response(send)
        try:
            await app(scope, receive, response.send)
        except Exception:
            if response.error is None:
                raise
        if response.error is not None:  # even if the app has caught it
            page = error_pages.undecodable(scope, response.error)
            print(page.sentence, file=sys.stderr)
            if response.begun:
                raise Undecodable(page.sentence)
            await error_pages.send(send, page)

    return wrapped


class _Response:
    """A response that is being decoded."""

    def __init__(self, send: Send) -> None:
        self.error: Undecodable | None = None
        self._send = send
        self._decoders: list[_Decoder] = []
        self.begun = False  # the client has part of it
        self._start: Message | None = None  # held until some of the body is decoded

    async def send(self, message: Message) -> None:
        """Handle the app's next message."""
        if self.error is not None:
            raise self.error
        try:
            await self._take(message)
        except Undecodable as error:
            self.error = error
            raise

    async def _take(self, message: Message) -> None:
        kind, body = message["type"], message.get("body", b"")
        if kind == "http.response.start":
            headers = list(message.get("headers", ()))
            if message.get("status") not in _LEFT and (codings := _codings(headers)):
                # The coding that was applied last is named last.
                self._decoders = [_Decoder(coding) for coding in reversed(codings)]
                gone = (b"content-encoding", b"content-length")
                headers = [pair for pair in headers if pair[0].lower() not in gone]
                self._start = {**message, "headers": headers}
            else:
                await self._send(message)
        elif self._decoders and kind == "http.response.pathsend":
            for chunk in read_file(message["path"]):
                await self._send_body(chunk, True)
            await self._send_body(b"", False)
        elif self._decoders and kind == "http.response.body":
            await self._send_body(bytes(body), bool(message.get("more_body", False)))
        else:
            await self._send(message)

    async def _send_body(self, body: bytes, more: bool) -> None:
        pieces: Iterable[bytes] = [body]
        for decoder in self._decoders:
            pieces = decoder.decode(pieces, more)
        part = b""
        for piece in pieces:
            if len(part) + len(piece) > STEP:
                await self._pass_on(part, True)
                part = b""
            part += piece
        if not more:
            self._decoders = []
        await self._pass_on(part, more)

    async def _pass_on(self, part: bytes, more: bool) -> None:
        start, self._start = self._start, None
        if start is not None:
            self.begun = True
            await self._send(start)
        await self._send({"type": "http.response.body", "body": part, "more_body": more})


class _Decoder:
    """Decodes one coding of one body."""

    def __init__(self, coding: str) -> None:
        self._coding = coding.removeprefix("x-")
        self._member: Any = None  # a decompressor from the standard library

    def decode(self, pieces: Iterable[bytes], more: bool) -> Iterator[bytes]:
        """Decode some of the body, in pieces of at most ``STEP`` bytes.

        Raises:
            Undecodable: the body is not in this coding, or is truncated.
        """
        for piece in pieces:
            for start in range(0, len(piece), SLICE):
                yield from self._push(piece[start : start + SLICE])
        if not (more or self._member is None or self._member.eof):
            raise Undecodable(
                f"It is truncated {self._coding} data: "
                "finish the compressor before you end the response."
            )

    def _push(self, data: bytes) -> Iterator[bytes]:
        pending = False  # the decompressor has more than one step takes
        while (data or pending) and not self._is_over():
            try:
                if self._member is None or self._member.eof:
                    self._member = self._begin(data[0])
                piece = self._member.decompress(data, STEP)
            except MemoryError:
                raise
            except Exception:  # each decompressor has its own type of error
                raise Undecodable(
                    f"It is not in {self._coding}, although its Content-Encoding says so: "
                    f"compress it with {self._coding}, or remove that header."
                ) from None
            yield piece
            # zlib returns the data that it has not read; Zstandard keeps it.
            data = self._member.unused_data or getattr(self._member, "unconsumed_tail", b"")
            pending = len(piece) == STEP and not self._member.eof

    def _is_over(self) -> bool:
        """Return whether the rest is ignored, as browsers do.

        Chromium and Firefox read one member of gzip or zlib, but all frames of Zstandard.
        """
        return self._coding != "zstd" and self._member is not None and self._member.eof

    def _begin(self, first: int) -> Any:
        """Return a decompressor for data that begins with this byte."""
        if self._coding == "zstd":
            return _zstd().ZstdDecompressor()
        if self._coding == "gzip":
            return zlib.decompressobj(zlib.MAX_WBITS + 16)
        # zlib (RFC 1950) or raw deflate (RFC 1951), which no encoder begins with that byte.
        return zlib.decompressobj(zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS)


def _zstd() -> Any:
    """Return Python's Zstandard module; None before 3.14."""
    try:
        return importlib.import_module("compression.zstd")
    except ImportError:
        return None


def _codings(headers: HeaderPairs) -> list[str]:
    """Return the codings, first applied first; none if browsers do not know them all.

    Raises:
        Undecodable: browsers know one that Python cannot decode here.
    """
    values = [value for name, value in headers if name.lower() == b"content-encoding"]
    names = [name.strip().lower() for name in b",".join(values).decode("latin-1").split(",")]
    codings = [name for name in names if name not in ("", "identity")]
    for coding in codings:
        if coding == "br" or (coding == "zstd" and _zstd() is None):
            raise Undecodable(
                f"It is compressed with {coding}, which this Python cannot decompress: "
                "send it uncompressed, as Accept-Encoding asks; it crosses no network."
            )
    return codings if _CODINGS.issuperset(codings) else []
