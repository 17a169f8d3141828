"""werkzeug, whose password hashes are Flask's; ``run_functions`` has its ``run_simple()``."""

from __future__ import annotations

from types import ModuleType


def patch_password_hash(module: ModuleType) -> None:
    """Hash with PBKDF2 where no method is named, not with scrypt. Seen in werkzeug 3.1.

    scrypt is missing too, and would take minutes if it were written in Python.
    """
    generate = module.generate_password_hash
    generate.__defaults__ = ("pbkdf2", *generate.__defaults__[1:])
