from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, get_args

import pytest

from jupyterlite_asgi.hosts.browser.protocol import (
    VERSION,
    FromKernel,
    FromPage,
    FromWorker,
    ProtocolError,
    Request,
    ToPages,
    decode,
    encode,
    join_headers,
    split_headers,
    terms_lock,
)

BYTES = ("headers", "chunk")
SAMPLES: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("messages.json").read_text("utf-8")
)


UNIONS: dict[str, tuple[Any, ...]] = {
    "fromWorker": get_args(FromWorker),
    "fromPage": (FromPage,),
    "fromKernel": get_args(FromKernel),
    "toPages": (ToPages,),
}
TO_KERNEL = ("fromWorker", "fromPage")
FROM_KERNEL = ("fromKernel", "toPages")


def samples(*senders: str) -> list[dict[str, Any]]:
    return [
        {name: value.encode("latin-1") if name in BYTES else value for name, value in each.items()}
        for sender in senders
        for each in SAMPLES[sender]
    ]


def kind_of(fields: dict[str, Any]) -> str:
    return str(fields["type"])


def test_each_message_has_a_sample() -> None:
    for sender, kinds in UNIONS.items():
        assert [kind_of(fields) for fields in SAMPLES[sender]] == [kind.type for kind in kinds]


@pytest.mark.parametrize("fields", samples(*TO_KERNEL), ids=kind_of)
def test_decode_is_the_inverse_of_encode(fields: dict[str, Any]) -> None:
    assert encode(decode(fields)) == fields


@pytest.mark.parametrize("fields", samples(*FROM_KERNEL), ids=kind_of)
def test_encode_writes_the_samples(fields: dict[str, Any]) -> None:
    kinds = {kind.type: kind for sender in FROM_KERNEL for kind in UNIONS[sender]}
    values = {name: value for name, value in fields.items() if name not in ("v", "type")}
    assert encode(kinds[fields["type"]](**values)) == fields


@pytest.mark.parametrize("fields", samples(*FROM_KERNEL), ids=kind_of)
def test_messages_from_a_kernel_cannot_be_decoded(fields: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError, match=f"unknown message type '{fields['type']}'"):
        decode(fields)


@pytest.mark.parametrize("fields", samples(*TO_KERNEL), ids=kind_of)
def test_error_names_the_missing_field(fields: dict[str, Any]) -> None:
    optional = {"sent"} if fields["type"] == "cookie-write" else {"client", "until"}
    for name in fields.keys() - {"v", "type"} - optional:
        rest = {key: value for key, value in fields.items() if key != name}
        with pytest.raises(ProtocolError, match=f"'{fields['type']}' message without '{name}'"):
            decode(rest)


@pytest.mark.parametrize("fields", samples(*TO_KERNEL), ids=kind_of)
def test_error_names_the_field_of_another_type(fields: dict[str, Any]) -> None:
    for name in fields.keys() - {"v", "type"}:
        numbers = [-1, 2**53, math.nan, math.inf, True, "1"] if type(fields[name]) is int else []
        for value in (None, [], *numbers, b"" if isinstance(fields[name], str) else ""):
            with pytest.raises(ProtocolError, match=f"message with an invalid '{name}'"):
                decode({**fields, name: value})


def test_field_with_a_default_may_be_missing() -> None:
    fields = samples("fromWorker")[0]
    del fields["client"]
    request = decode(fields)
    assert isinstance(request, Request)
    assert request.client == ""


@pytest.mark.parametrize("fields", samples(*TO_KERNEL), ids=kind_of)
def test_unknown_field_is_ignored(fields: dict[str, Any]) -> None:
    assert decode({**fields, "priority": "low"}) == decode(fields)


@pytest.mark.parametrize("version", [VERSION + 1, VERSION - 1, str(VERSION), None])
def test_other_version_is_refused(version: object) -> None:
    with pytest.raises(ProtocolError, match=f"protocol version {VERSION}, got {version!r}"):
        decode({**samples("fromWorker")[0], "v": version})


@pytest.mark.parametrize("kind", ["hello", "", None, 7, ["request"], {"type": "request"}])
def test_unknown_type_is_refused(kind: object) -> None:
    with pytest.raises(ProtocolError, match="unknown message type"):
        decode({"v": VERSION, "type": kind, "id": "1"})


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [(b"a", b"1")],
        [(b"a", b""), (b"b", b"")],
        [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")],
        [(b"x-name", bytes(range(0x80, 0x100)))],
    ],
)
def test_split_headers_is_the_inverse_of_join_headers(pairs: list[tuple[bytes, bytes]]) -> None:
    assert split_headers(join_headers(pairs)) == pairs


def test_split_headers_lowercases_names() -> None:
    assert split_headers(b"Content-Type\nText/HTML") == [(b"content-type", b"Text/HTML")]


@pytest.mark.parametrize(
    "pair", [(b"a", b"1\n2"), (b"a", b"1\r2"), (b"a\nb", b"1"), (b"a\r", b"1"), (b"a", b"1\n")]
)
def test_line_break_in_a_header_is_refused(pair: tuple[bytes, bytes]) -> None:
    with pytest.raises(ValueError, match="line break"):
        join_headers([pair, (b"b", b"2")])


@pytest.mark.parametrize(("timeout", "written"), [(60.0, "60"), (2.5, "2.5"), (0.01, "0.01")])
def test_terms_lock_contains_version_and_timeout(timeout: float, written: str) -> None:
    lock = terms_lock("/demo/", "shop", timeout)
    assert lock == f"jupyterlite-asgi /demo/ terms shop {VERSION} {written}"
