"""The browser's cryptography (W3C Web Cryptography API), for what Python has from OpenSSL alone."""

from __future__ import annotations

import js
from pyodide.ffi import to_js


async def derive(hash_name: str, password: bytes, salt: bytes, iterations: int, size: int) -> bytes:
    """Derive a key by PBKDF2 (RFC 8018, section 5.2).

    Args:
        hash_name: as WebCrypto has it, such as ``SHA-256``.
        password: what the key is derived from.
        salt: what makes it another one for the same password.
        iterations: how often it is hashed.
        size: the key's, in bytes.
    """
    subtle = js.crypto.subtle
    usage = to_js(["deriveBits"])
    base = await subtle.importKey("raw", to_js(password), "PBKDF2", False, usage)
    parameters = to_js(
        {"name": "PBKDF2", "hash": hash_name, "salt": to_js(salt), "iterations": iterations},
        dict_converter=js.Object.fromEntries,
    )
    key: bytes = (await subtle.deriveBits(parameters, base, 8 * size)).to_bytes()
    return key
