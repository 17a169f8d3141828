"""The messages between the service worker and the kernel.

``src/protocol.ts`` declares the same, and both test suites read the samples in
``tests/messages.json``. Bodies and header blocks are bytes; other fields are strings, integers and
booleans. A header block is ``name LF value`` pairs joined by LF, which neither may contain (RFC
9110, section 5.5).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from ...types import HeaderPairs

#: The header by which the page script and the kernel exchange cookies, as percent-encoded JSON: in
#: a request what the page knows, in a response what it may see. The app receives neither.
COOKIES_HEADER = b"jupyterlite-asgi-cookies"

#: The protocol's version. Messages of another version are dropped, and users are asked to reload.
#: Unknown fields are ignored and new fields have defaults, so the version changes only when
#: messages become incompatible.
VERSION = 2

#: The largest integer that JavaScript represents exactly.
LARGEST = 2**53 - 1


class ProtocolError(ValueError):
    """A message that this version cannot read."""


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """Worker to kernel, on the app's channel: starts a request."""

    type: ClassVar[str] = "request"
    id: str
    #: The name of the channel on which this worker instance expects the response.
    reply: str
    #: Milliseconds since the epoch; a request that is read after the app's timeout is not run.
    sent: float
    method: str
    #: Absolute and percent-encoded, without a fragment.
    url: str
    headers: bytes
    #: Whether a body follows, as ``RequestBody``.
    body: bool
    #: The browser's id of the page or worker that sent the request; empty if unknown.
    client: str = ""
    #: Milliseconds since the epoch; the kernel replies ``Begun`` until then, or does not run the
    #: request. 0: it does not reply, and only the app's timeout counts.
    until: float = 0


@dataclasses.dataclass(frozen=True, slots=True)
class RequestBody:
    """Worker to kernel: a part of the request's body."""

    type: ClassVar[str] = "request-body"
    id: str
    chunk: bytes
    more: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ResponseCredit:
    """Worker to kernel: the client has read this many bytes."""

    type: ClassVar[str] = "response-credit"
    id: str
    bytes: int


@dataclasses.dataclass(frozen=True, slots=True)
class Cancel:
    """Worker to kernel: the client has disconnected."""

    type: ClassVar[str] = "cancel"
    id: str


@dataclasses.dataclass(frozen=True, slots=True)
class Ping:
    """Worker to kernel, on the app's channel: asks whether a request is running."""

    type: ClassVar[str] = "ping"
    id: str
    #: As in ``Request``.
    reply: str


@dataclasses.dataclass(frozen=True, slots=True)
class Interrupt:
    """Worker to kernel, on the app's channel: the user interrupts the cell or the requests."""

    type: ClassVar[str] = "interrupt"
    id: str
    #: As in ``Request``.
    reply: str
    #: Milliseconds since the epoch. A kernel that reads this later does not obey: what the user
    #: wanted to interrupt may have ended.
    until: float


@dataclasses.dataclass(frozen=True, slots=True)
class Begun:
    """Kernel to worker: a request with ``until`` runs."""

    type: ClassVar[str] = "begun"
    id: str


@dataclasses.dataclass(frozen=True, slots=True)
class Interrupted:
    """Kernel to worker: what was interrupted; empty if nothing ran."""

    type: ClassVar[str] = "interrupted"
    id: str
    what: str


@dataclasses.dataclass(frozen=True, slots=True)
class Pong:
    """Kernel to worker: whether it is; if so, a response follows, at the latest a 504."""

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
    #: The text of the status line (RFC 9112, section 4), such as ``Not Found``.
    reason: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class ResponseBody:
    """Kernel to worker: another part of the body."""

    type: ClassVar[str] = "response-body"
    id: str
    chunk: bytes
    more: bool


@dataclasses.dataclass(frozen=True, slots=True)
class RequestCredit:
    """Kernel to worker: allows this many more bytes of the request's body."""

    type: ClassVar[str] = "request-credit"
    id: str
    bytes: int


@dataclasses.dataclass(frozen=True, slots=True)
class Abort:
    """Kernel to worker: the response ends here, unfinished."""

    type: ClassVar[str] = "abort"
    id: str
    reason: str
    #: The status of the error page, if the response has not started.
    status: int = 502


@dataclasses.dataclass(frozen=True, slots=True)
class CookieWrite:
    """Page to kernel, on the app's channel: a script's write to ``document.cookie``."""

    type: ClassVar[str] = "cookie-write"
    #: The write's; the same write may arrive more than once.
    id: str
    #: The URL of the page.
    url: str
    line: str
    #: When it was made, in milliseconds since the epoch.
    sent: float = LARGEST


@dataclasses.dataclass(frozen=True, slots=True)
class Cookies:
    """Kernel to an app's pages, on their channel: the cookies that scripts may see."""

    type: ClassVar[str] = "cookies"
    #: As in the response header ``COOKIES_HEADER``.
    snapshot: str


FromWorker = Request | RequestBody | ResponseCredit | Cancel | Ping | Interrupt
FromPage = CookieWrite
FromKernel = Response | ResponseBody | RequestCredit | Abort | Pong | Begun | Interrupted
ToPages = Cookies

_READ: dict[str, type[FromWorker | FromPage]] = {
    kind.type: kind
    for kind in (Request, RequestBody, ResponseCredit, Cancel, Ping, Interrupt, CookieWrite)
}


#: The types of a field's value, by its annotation; numbers are at least 0.
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bytes": (bytes,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
}

_FIELDS = {
    kind: [
        (field.name, _TYPES[str(field.type)], field.default is dataclasses.MISSING)
        for field in dataclasses.fields(kind)
    ]
    for kind in _READ.values()
}


def decode(fields: Mapping[str, Any]) -> FromWorker | FromPage:
    """Turn the fields of a message to the kernel into its type.

    Raises:
        ProtocolError: the version or type is unknown, or a field is missing or has another type.
    """
    if fields.get("v") != VERSION:
        raise ProtocolError(f"expected protocol version {VERSION}, got {fields.get('v')!r}")
    kind = _READ.get(str(fields.get("type")))
    if kind is None:
        raise ProtocolError(f"unknown message type {fields.get('type')!r}")
    values = {}
    for name, types, is_required in _FIELDS[kind]:
        if name in fields:
            value = values[name] = fields[name]
            if type(value) not in types or (int in types and not 0 <= value <= LARGEST):
                raise ProtocolError(f"{kind.type!r} message with an invalid {name!r}")
        elif is_required:
            raise ProtocolError(f"{kind.type!r} message without {name!r}")
    return kind(**values)


def encode(message: FromWorker | FromPage | FromKernel | ToPages) -> dict[str, Any]:
    """Turn a message into its fields, including its type and the protocol's version."""
    fields: dict[str, Any] = {"v": VERSION, "type": message.type}
    for name in message.__dataclass_fields__:
        if name != "type":
            fields[name] = getattr(message, name)
    return fields


def join_headers(pairs: HeaderPairs) -> bytes:
    """Join pairs into a header block; raise ValueError if one contains a line break."""
    parts = [part for pair in pairs for part in pair]
    block = b"\n".join(parts)
    if b"\r" in block or block.count(b"\n") != max(len(parts) - 1, 0):
        raise ValueError("a response header contains a line break")
    return block


def split_headers(block: bytes) -> HeaderPairs:
    """Split a header block into pairs, with lowercase names as in ASGI."""
    if not block:
        return []
    parts = block.split(b"\n")
    return [(name.lower(), value) for name, value in zip(parts[::2], parts[1::2], strict=True)]


def requests_channel(base: str, name: str) -> str:
    """Return the channel for requests to the app ``name`` of the site at path ``base``."""
    return f"jupyterlite-asgi {base} requests {name}"


def cookies_channel(base: str, name: str) -> str:
    """Return the channel on which the app's pages receive its cookies."""
    return f"jupyterlite-asgi {base} cookies {name}"


def app_lock(base: str, name: str) -> str:
    """Return the Web Lock that the kernel holds while it serves ``name``."""
    return f"jupyterlite-asgi {base} app {name}"


def published_lock(base: str, name: str) -> str:
    """Return the Web Lock that the runtime of the published app ``name`` holds while it lives."""
    return f"jupyterlite-asgi {base} published {name}"


def kernel_lock(base: str, identifier: str) -> str:
    """Return the Web Lock that tells one kernel from others."""
    return f"jupyterlite-asgi {base} kernel {identifier}"


def terms_lock(base: str, name: str, timeout: float) -> str:
    """Return a second lock, whose name publishes the protocol's version and the app's timeout."""
    return f"jupyterlite-asgi {base} terms {name} {VERSION} {timeout:g}"
