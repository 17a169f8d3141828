"""Checks of names, versions and hashes from lock files and indexes, before they become paths."""

from __future__ import annotations

import re
from typing import Any, TypeGuard

from packaging.version import InvalidVersion, Version

_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+!-]{0,199}")
_RELEASE = re.compile(r"[0-9][0-9A-Za-z.+-]{0,99}")
_PART = re.compile(r'[^/\\:*?"<>|\x00-\x1f\x7f]{1,200}')
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SRI = re.compile(r"sha512-[A-Za-z0-9+/]{86}==")


def is_file_name(value: object) -> TypeGuard[str]:
    """Return whether ``value`` is a name for a package's file, on any platform."""
    return isinstance(value, str) and _FILE.fullmatch(value) is not None


def is_path(value: str) -> bool:
    """Return whether ``value`` is a relative path that stays below its folder, on any platform."""
    parts = value.split("/")
    return all(_PART.fullmatch(part) and part not in (".", "..") for part in parts)


def is_version(value: object) -> TypeGuard[str]:
    """Return whether ``value`` is a version (PEP 440)."""
    try:
        return isinstance(value, str) and bool(Version(value))
    except InvalidVersion:
        return False


def is_release(value: object) -> TypeGuard[str]:
    """Return whether ``value`` looks like the version of an npm package (Semantic Versioning)."""
    return isinstance(value, str) and _RELEASE.fullmatch(value) is not None


def is_sha256(value: object) -> TypeGuard[str]:
    """Return whether ``value`` is a SHA-256 in lowercase hexadecimal digits."""
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def is_sri(value: object) -> TypeGuard[str]:
    """Return whether ``value`` is a SHA-512 as in Subresource Integrity (W3C)."""
    return isinstance(value, str) and _SRI.fullmatch(value) is not None


def are_texts(value: Any) -> TypeGuard[list[str]]:
    """Return whether ``value`` is a list of strings."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
