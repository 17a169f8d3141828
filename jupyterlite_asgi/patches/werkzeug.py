"""werkzeug, which hashes passwords for Flask; ``run_functions`` patches its ``run_simple()``."""

from __future__ import annotations

from types import ModuleType


def patch_password_hash(module: ModuleType) -> None:
    """Hash with PBKDF2 by default, instead of scrypt. Seen in werkzeug 3.1.

    scrypt needs OpenSSL too, and would take minutes in Python.
    """
    generate = module.generate_password_hash
    generate.__defaults__ = ("pbkdf2", *generate.__defaults__[1:])
