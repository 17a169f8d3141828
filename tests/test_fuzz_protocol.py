"""Messages with any content: none raises into the event loop, and none leaves anything behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyterlite_asgi.hosts.browser.protocol import (
    LARGEST,
    VERSION,
    ProtocolError,
    decode,
    encode,
    join_headers,
    requests_channel,
    split_headers,
)
from jupyterlite_asgi.serve_options import Options

from .support.apps import says
from .support.fake_browser import FakeBrowser
from .support.virtual_time import VirtualTimeLoop

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)

PARTS = st.binary(max_size=20).map(lambda part: part.translate(None, b"\r\n"))
PAIRS = st.lists(st.tuples(PARTS, PARTS), max_size=5)

URL = "https://example.org/demo/asgi/shop/"
REPLY = "worker 1"

#: For each field what a worker or a page sends, at least sometimes.
FIELDS = {
    "id": st.sampled_from("123"),
    "reply": st.sampled_from([REPLY, "worker 2"]),
    "sent": st.sampled_from([0, 9e15]),
    "until": st.sampled_from([0, 9e15]),
    "method": st.sampled_from(["GET", "POST"]) | st.text(),
    "url": st.just(URL) | st.text().map(URL.__add__) | st.text(),
    "headers": PAIRS.map(join_headers) | st.binary(),
    "body": st.booleans(),
    "client": st.sampled_from(["", "page"]),
    "chunk": st.binary(),
    "more": st.booleans(),
    "bytes": st.integers(0, 2**60),
    "line": st.text(),
}
KINDS = [
    "request",
    "request-body",
    "response-credit",
    "cancel",
    "ping",
    "interrupt",
    "cookie-write",
]

#: Mostly messages with all fields, of which some may be anything.
MESSAGES = st.fixed_dictionaries(
    {"v": st.just(VERSION), "type": st.sampled_from(KINDS)},
    optional={name: values | ANYTHING for name, values in FIELDS.items()},
) | st.fixed_dictionaries({"v": st.just(VERSION), "type": st.sampled_from(KINDS)} | FIELDS)


@given(st.dictionaries(st.text(), ANYTHING) | MESSAGES)
def test_message_is_decoded_or_refused(fields: dict[str, Any]) -> None:
    try:
        message = decode(fields)
    except ProtocolError:
        return
    assert encode(message).items() <= {"client": "", "until": 0, "sent": LARGEST, **fields}.items()


@given(PAIRS)
def test_header_block_is_read_as_written(pairs: list[tuple[bytes, bytes]]) -> None:
    lowercase = [(name.lower(), value) for name, value in pairs]
    assert split_headers(join_headers(pairs)) == lowercase or pairs == [(b"", b"")]


@given(st.lists(st.tuples(st.binary(), st.binary())))
def test_header_with_a_line_break_is_refused(pairs: list[tuple[bytes, bytes]]) -> None:
    text = b"".join(part for pair in pairs for part in pair)
    if b"\n" in text or b"\r" in text:
        with pytest.raises(ValueError, match="a response header contains a line break"):
            join_headers(pairs)


@contextmanager
def loop_without_errors() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that does not wait, in which nothing may raise an exception that nobody handles."""
    loop = VirtualTimeLoop()
    errors: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: errors.append(context))
    try:
        yield loop
        assert errors == []
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=st.lists(st.tuples(st.booleans(), MESSAGES), max_size=8))
def test_endpoint_forgets_what_has_ended(
    messages: list[tuple[bool, dict[str, Any]]], browser: FakeBrowser
) -> None:
    module: Any = import_module("jupyterlite_asgi.hosts.browser.endpoint")
    workers: Any = import_module("jupyterlite_asgi.hosts.browser.workers")
    workers.Worker._known.clear()
    workers.exchanges.__init__()
    browser.channels.clear()

    async def main() -> None:
        endpoint = module.BrowserEndpoint("https://example.org/demo/", "shop", "kernel")
        endpoint.mount(says("hello"), Options(), lambda: None)
        assert await endpoint.open(steal=False)
        for is_reply, fields in messages:
            channel = REPLY if is_reply else requests_channel("/demo/", "shop")
            browser.send(channel, SimpleNamespace(to_py=lambda fields=fields: fields))
        await asyncio.sleep(10)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        watching = [task for task in others if "_wait_for_end" in repr(task.get_coro())]
        assert len(watching) == len(others) == len(workers.Worker._known)
        assert workers.exchanges.open == {}

    with loop_without_errors() as loop:
        loop.run_until_complete(main())
