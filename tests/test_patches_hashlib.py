"""The hashes that Pyodide lacks: the patches for hashlib and Werkzeug.

Each test first shows the failure without the patch; if that passes, the patch is obsolete.
"""

from __future__ import annotations

from hashlib import pbkdf2_hmac as openssl

import pytest

from jupyterlite_asgi.patches.hashlib import pbkdf2_hmac

from .unpatched import complaint, python

WERKZEUG = """
from werkzeug.security import check_password_hash, generate_password_hash

made = generate_password_hash("lovelace", {})
print(made.split(":")[0], check_password_hash(made, "lovelace"), check_password_hash(made, "x"))
"""


@pytest.mark.parametrize("size", [1, 20, 32, 33, 100])
@pytest.mark.parametrize("name", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("password", [b"", b"lovelace", b"x" * 200])
def test_pbkdf2_derives_the_same_keys_as_openssl(name: str, password: bytes, size: int) -> None:
    assert pbkdf2_hmac(name, password, b"salt", 7, size) == openssl(
        name, password, b"salt", 7, size
    )
    assert pbkdf2_hmac(name, password, b"", 1) == openssl(name, password, b"", 1)


@pytest.mark.parametrize(("iterations", "size"), [(0, 32), (1, 0), (-1, None)])
def test_pbkdf2_refuses_invalid_arguments(iterations: int, size: int | None) -> None:
    with pytest.raises(ValueError, match="iterations and dklen must be above 0"):
        pbkdf2_hmac("sha256", b"", b"", iterations, size)
    with pytest.raises(ValueError, match="unsupported hash type"):
        pbkdf2_hmac("sha0", b"", b"", 1)


def test_hashlib_gets_pbkdf2() -> None:
    script = "import hashlib; print(hashlib.pbkdf2_hmac('sha1', b'a', b'b', 2).hex())"
    assert "has no attribute 'pbkdf2_hmac'" in complaint(script)
    assert python(script) == openssl("sha1", b"a", b"b", 2).hex() + "\n"


def test_werkzeug_uses_an_available_hash() -> None:
    assert "scrypt" in complaint(WERKZEUG.format("'scrypt'"))
    assert python(WERKZEUG.format("'pbkdf2:sha256:9'")) == "pbkdf2 True False\n"
    script = "import werkzeug.security as s; print(s.generate_password_hash.__defaults__)"
    assert python(script) == "('pbkdf2', 16)\n"
