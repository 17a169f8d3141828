"""The messages between the service worker and the kernel, without any logic of either.

The TypeScript side declares the same in ``src/protocol.ts``; ``tests/messages.json`` holds a sample
of each and both test suites read it. Bodies and header blocks are bytes, all else is text, whole
numbers and booleans. A header block is ``name LF value`` pairs joined by LF: RFC 9110, section 5.5
allows no LF within either.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from ...types import HeaderPairs

#: The header by which a page's script and the kernel tell each other of cookies, as JSON that is
#: percent-encoded: in a request what the page knows, in a response what it may see. The app gets
#: neither.
COOKIES_HEADER = b"jupyterlite-asgi-cookies"

#: Version of the protocol. A side drops messages of another version; readers are asked to reload.
#: Unknown fields are ignored and a new field has a default, so the version changes only when a
#: message becomes incompatible: one that the other side would misread.
VERSION = 1


class ProtocolError(ValueError):
    """A message that this version does not know."""


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """Worker to kernel, on the served app's channel: a request begins."""

    type: ClassVar[str] = "request"
    id: str
    #: The name of the channel on which this worker instance expects its answer.
    reply: str
    #: Milliseconds since the epoch; read much later, it is not to be run.
    sent: float
    method: str
    #: The URL, absolute and percent-encoded, without a fragment.
    url: str
    headers: bytes
    #: Whether request bodies follow.
    body: bool
    #: The page or worker that asks, by the browser's id of it; empty if unknown.
    client: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class RequestBody:
    """Worker to kernel: a part of the request's body."""

    type: ClassVar[str] = "request-body"
    id: str
    chunk: bytes
    more: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ResponseCredit:
    """Worker to kernel: the reader took this many bytes."""

    type: ClassVar[str] = "response-credit"
    id: str
    bytes: int


@dataclasses.dataclass(frozen=True, slots=True)
class Cancel:
    """Worker to kernel: nobody reads this response any more."""

    type: ClassVar[str] = "cancel"
    id: str


@dataclasses.dataclass(frozen=True, slots=True)
class Ping:
    """Worker to kernel, on the served app's channel: are you working on this exchange?"""

    type: ClassVar[str] = "ping"
    id: str
    #: As in ``Request``.
    reply: str


@dataclasses.dataclass(frozen=True, slots=True)
class Pong:
    """Kernel to worker: whether it is; if so the answer comes, or the kernel's own deadline."""

    type: ClassVar[str] = "pong"
    id: str
    running: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Response:
    """Kernel to worker: status, headers and the first part of the body."""

    type: ClassVar[str] = "response"
    id: str
    status: int
    headers: bytes
    chunk: bytes
    more: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ResponseBody:
    """Kernel to worker: a further part of the body."""

    type: ClassVar[str] = "response-body"
    id: str
    chunk: bytes
    more: bool


@dataclasses.dataclass(frozen=True, slots=True)
class RequestCredit:
    """Kernel to worker: the app took this many bytes of the request's body."""

    type: ClassVar[str] = "request-credit"
    id: str
    bytes: int


@dataclasses.dataclass(frozen=True, slots=True)
class Abort:
    """Kernel to worker: the response ends here, unfinished."""

    type: ClassVar[str] = "abort"
    id: str
    reason: str
    #: The status of the page that takes the response's place, if none of it has been sent.
    status: int = 502


@dataclasses.dataclass(frozen=True, slots=True)
class CookieWrite:
    """Page to kernel, on the served app's channel: what a script gave to ``document.cookie``."""

    type: ClassVar[str] = "cookie-write"
    #: The write's own; it may come more than once, by different ways.
    id: str
    #: The URL of the page.
    url: str
    line: str


@dataclasses.dataclass(frozen=True, slots=True)
class Cookies:
    """Kernel to the pages of an app, on a channel of theirs: the cookies that scripts may see."""

    type: ClassVar[str] = "cookies"
    #: The value that ``COOKIES_HEADER`` has in a response.
    news: str


FromWorker = Request | RequestBody | ResponseCredit | Cancel | Ping
FromPage = CookieWrite
FromKernel = Response | ResponseBody | RequestCredit | Abort | Pong
ToPages = Cookies

_READ: dict[str, type[FromWorker | FromPage]] = {
    kind.type: kind for kind in (Request, RequestBody, ResponseCredit, Cancel, Ping, CookieWrite)
}


def decode(fields: Mapping[str, Any]) -> FromWorker | FromPage:
    """Turn the fields of a message to the kernel into its type.

    Raises:
        ProtocolError: another version, an unknown type, a field that is missing.
    """
    if fields.get("v") != VERSION:
        raise ProtocolError(f"expected protocol version {VERSION}, got {fields.get('v')!r}")
    kind = _READ.get(str(fields.get("type")))
    if kind is None:
        raise ProtocolError(f"unknown message type {fields.get('type')!r}")
    values = {}
    for field in dataclasses.fields(kind):
        if field.name in fields:
            values[field.name] = fields[field.name]
        elif field.default is dataclasses.MISSING:
            raise ProtocolError(f"{kind.type!r} message without {field.name!r}")
    return kind(**values)


def encode(message: FromWorker | FromPage | FromKernel | ToPages) -> dict[str, Any]:
    """Turn a message into plain fields, its type and the protocol's version among them."""
    fields: dict[str, Any] = {"v": VERSION, "type": message.type}
    for name in message.__dataclass_fields__:
        if name != "type":
            fields[name] = getattr(message, name)
    return fields


def join_headers(pairs: HeaderPairs) -> bytes:
    """Make a header block of pairs.

    Raises:
        ValueError: a name or a value with a line break in it (RFC 9110, section 5.5).
    """
    parts = [part for pair in pairs for part in pair]
    block = b"\n".join(parts)
    if b"\r" in block or block.count(b"\n") != max(len(parts) - 1, 0):
        raise ValueError("a response header contains a line break")
    return block


def split_headers(block: bytes) -> HeaderPairs:
    """Make pairs of a header block, names in lower case as ASGI wants them."""
    if not block:
        return []
    parts = block.split(b"\n")
    return [(name.lower(), value) for name, value in zip(parts[::2], parts[1::2], strict=True)]


def requests_channel(base: str, name: str) -> str:
    """The channel on which the served app ``name`` of the site at path ``base`` gets requests."""
    return f"jupyterlite-asgi {base} requests {name}"


def cookies_channel(base: str, name: str) -> str:
    """The channel on which the pages of the served app ``name`` hear of its cookies."""
    return f"jupyterlite-asgi {base} cookies {name}"


def app_lock(base: str, name: str) -> str:
    """The Web Lock that the kernel holds as long as it serves ``name``."""
    return f"jupyterlite-asgi {base} app {name}"


def terms_lock(base: str, name: str, timeout: float) -> str:
    """The lock beside it, whose name tells workers the terms: the protocol's version, and the
    seconds that a request may take to its first byte."""
    return f"jupyterlite-asgi {base} terms {name} {VERSION} {timeout:g}"
