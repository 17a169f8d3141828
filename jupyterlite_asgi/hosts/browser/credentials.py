"""Users and passwords for Basic authentication, kept for an app as a browser keeps them.

Sections are those of RFC 7617 unless another RFC is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...types import HeaderPairs

#: A scheme, or a parameter with its value (RFC 9110, section 11.6.1).
_PART = re.compile(r"""([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*)))?""")

#: How many entries of users are kept that no request has taken.
_LIMIT = 32


class Credentials:
    """What the user of an app has entered. A value is ``user:password`` in Base64 (section 2)."""

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {}
        #: The realm of each folder, a path with a trailing slash.
        self._realms: dict[str, str] = {}
        self._entries: dict[str, bytes | None] = {}

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
        self._entries.pop(target, None)
        self._entries[target] = value
        if len(self._entries) > _LIMIT:
            del self._entries[next(iter(self._entries))]

    def take(self, target: str) -> Iterator[bytes | None]:
        """Yield what was entered for ``target``, once."""
        if target in self._entries:
            yield self._entries.pop(target)


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
