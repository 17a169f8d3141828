"""``hashlib``, whose PBKDF2 needs OpenSSL, which Pyodide's core lacks."""

from __future__ import annotations

import hashlib
from types import ModuleType

from .jspi import can_suspend, suspend_until

#: WebCrypto's hashes, by Python's names.
_WEB_HASHES = {"sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}


def patch_pbkdf2(module: ModuleType) -> None:
    """Add ``pbkdf2_hmac``, which Django and werkzeug hash passwords with. Seen in Pyodide 314."""
    module.pbkdf2_hmac = pbkdf2_hmac  # type: ignore[attr-defined]


def pbkdf2_hmac(
    hash_name: str, password: bytes, salt: bytes, iterations: int, dklen: int | None = None
) -> bytes:
    """Derive a key (RFC 8018, section 5.2), as ``hashlib.pbkdf2_hmac`` does.

    With JSPI the browser does it: a million iterations take a tenth of a second there, and some
    seconds in Python.

    Raises:
        ValueError: the hash is unknown, or a number is below 1.
    """
    size = hashlib.new(hash_name).digest_size if dklen is None else dklen
    if iterations < 1 or size < 1:
        raise ValueError("iterations and dklen must be above 0")
    if hash_name in _WEB_HASHES and can_suspend():
        web_hash = _WEB_HASHES[hash_name]
        return suspend_until(_derive_by_browser(web_hash, password, salt, iterations, size))
    return _derive(hash_name, bytes(password), bytes(salt), iterations, size)


async def _derive_by_browser(
    web_hash: str, password: bytes, salt: bytes, iterations: int, size: int
) -> bytes:
    from pyodide.ffi import to_js

    from ..hosts.browser.kernel_script import kernel_script

    given = map(to_js, (bytes(password), bytes(salt)))
    key: bytes = (await kernel_script().pbkdf2(web_hash, *given, iterations, size)).to_bytes()
    return key


def _derive(hash_name: str, password: bytes, salt: bytes, iterations: int, size: int) -> bytes:
    import hmac

    key, number = b"", 0
    while len(key) < size:
        number += 1
        block = hmac.digest(password, salt + number.to_bytes(4, "big"), hash_name)
        mixed = int.from_bytes(block, "big")
        for _ in range(iterations - 1):
            block = hmac.digest(password, block, hash_name)
            mixed ^= int.from_bytes(block, "big")
        key += mixed.to_bytes(len(block), "big")
    return key[:size]
