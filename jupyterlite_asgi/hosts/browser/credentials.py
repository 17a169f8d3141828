"""Users and passwords for Basic authentication, kept for an app as a browser keeps them.

Sections are those of RFC 7617 unless another RFC is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

from ...types import HeaderPairs, Message, Scope

#: A scheme, or a parameter with its value (RFC 9110, section 11.6.1).
_PART = re.compile(r"""([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*)))?""")

#: How many entries of users, and requests, are kept that no navigation has taken.
_LIMIT = 8

Value = TypeVar("Value")


class Credentials:
    """What the user of an app has entered. A value is ``user:password`` in Base64 (section 2)."""

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {}
        #: The realm of each folder, a path with a trailing slash.
        self._realms: dict[str, str] = {}
        self._entries: dict[str, bytes | None] = {}
        self._held: dict[str, tuple[Scope, list[Message]]] = {}

    def for_path(self, path: str) -> bytes | None:
        """Return the value to send for ``path`` before the app asks (section 2.2)."""
        folders = [folder for folder in self._realms if path.startswith(folder)]
        return self._values.get(self._realms[max(folders, key=len)]) if folders else None

    def for_realm(self, realm: str) -> bytes | None:
        """Return the value that the app has accepted for ``realm``."""
        return self._values.get(realm)

    def keep(self, path: str, realm: str, value: bytes) -> None:
        """Keep a value that the app has accepted for ``path``."""
        self._values[realm] = value
        if self.for_path(path) != value:
            self._realms[_folder(path)] = realm

    def reject(self, realm: str, value: bytes | None) -> None:
        """Forget the value of ``realm`` if it is ``value``, which the app no longer accepts."""
        if value is not None and self._values.get(realm) == value:
            del self._values[realm]

    def enter(self, target: str, value: bytes | None) -> None:
        """Note what a user has entered for the next navigation to ``target``; None to cancel."""
        _put(self._entries, target, value)

    def hold(self, target: str, scope: Scope, body: list[Message]) -> None:
        """Keep a request to ``target`` other than GET until the user has answered."""
        _put(self._held, target, (scope, body))

    def take(
        self, target: str
    ) -> Iterator[tuple[bytes | None, tuple[Scope, list[Message]] | None]]:
        """Yield what was entered for ``target`` and the request that is held, once."""
        if target in self._entries:
            yield self._entries.pop(target), self._held.pop(target, None)


def _put(kept: dict[str, Value], key: str, value: Value) -> None:
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > _LIMIT:
        del kept[next(iter(kept))]


def basic_realm(headers: HeaderPairs) -> str | None:
    """Return the realm of the challenge for Basic authentication, None if there is none."""
    found = None
    for name, value in headers:
        if name.lower() != b"www-authenticate":
            continue
        scheme = ""
        for part in _PART.finditer(_text(value)):
            word, quoted, token = part.groups()
            if quoted is None and token is None:
                scheme = word.lower()
                found = "" if found is None and scheme == "basic" else found
            elif scheme == "basic" and word.lower() == "realm":
                return token if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _folder(path: str) -> str:
    return path[: path.rindex("/") + 1]
