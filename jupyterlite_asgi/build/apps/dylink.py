"""Reads which libraries a WebAssembly library is linked to.

https://github.com/WebAssembly/tool-conventions/blob/main/DynamicLinking.md
"""

from __future__ import annotations

_SECTION = b"dylink.0"
_NEEDED = 2


def needed(wasm: bytes) -> list[str]:
    """Return the names of the libraries; none if ``wasm`` is not a dynamic library."""
    try:
        return _Reader(wasm).needed()
    except (IndexError, UnicodeDecodeError):
        return []


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def needed(self) -> list[str]:
        if self._take(4) != b"\0asm":
            return []
        self._at = 8
        if self._number() != 0:  # the section must be the first, and it is a custom one
            return []
        section = _Reader(self._take(self._number()))
        return section._listed() if section._take(section._number()) == _SECTION else []

    def _listed(self) -> list[str]:
        while self._at < len(self._data):
            kind = self._number()
            part = _Reader(self._take(self._number()))
            if kind == _NEEDED:
                return [part._take(part._number()).decode() for _ in range(part._number())]
        return []

    def _take(self, size: int) -> bytes:
        start, self._at = self._at, self._at + size
        if self._at > len(self._data):
            raise IndexError(self._at)
        return self._data[start : self._at]

    def _number(self) -> int:
        """Read an unsigned number in LEB128."""
        value = shift = 0
        while True:
            byte = self._take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
