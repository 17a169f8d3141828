"""Archives of an npm registry, each known by its SHA-512."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from .download import fetch
from .errors import BuildError
from .lock_file import Json

ABBREVIATED = "application/vnd.npm.install-v1+json"
RELEASE = re.compile(r"\d+\.\d+\.\d+")


def choose(package: str, wanted: str, registry: str) -> Json:
    """Return the newest release of a package that is wanted: its ``version`` and ``integrity``.

    ``wanted`` is a version, the beginning of one (``5`` or ``5.1``), or a tag as ``latest``.
    Raises ``BuildError`` if there is none.
    """
    page = fetch(f"{registry}/{package}", ABBREVIATED)
    if page is None:
        raise BuildError(f"There is no {package} at {registry}: check its name.")
    try:
        known = dict(json.loads(page))
        version = str(known["dist-tags"].get(wanted, wanted))
        if version not in known["versions"]:
            version = _newest([name for name in known["versions"] if name.startswith(f"{wanted}.")])
        if version:
            return {
                "version": version,
                "integrity": known["versions"][version]["dist"]["integrity"],
            }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise strange(registry) from error
    told = "name a version that it has, as 5, 5.1 or 5.1.0"
    raise BuildError(f"There is no {package} {wanted} at {registry}: {told}.")


def _newest(versions: list[str]) -> str:
    releases = [version for version in versions if RELEASE.fullmatch(version)]
    return max(releases, key=lambda version: [*map(int, version.split("."))], default="")


def strange(registry: str) -> BuildError:
    """What is told of a registry whose answer cannot be read."""
    told = f"{registry} does not answer as npm's registry does"
    return BuildError(f"{told}: try again with another network or registry.")


def archive(package: str, version: str, integrity: str, registry: str, cache: Path) -> Path:
    """Return the archive of a release, fetched into the cache unless it is there.

    ``integrity`` is its SHA-512 as of Subresource Integrity. Raises ``BuildError`` if that is
    another.
    """
    name = f"{package.rpartition('/')[2]}-{version}.tgz"
    path = cache / f"{package.replace('/', '+')}-{version}.tgz"
    if not path.is_file() or _sri(path.read_bytes()) != integrity:
        data = fetch(f"{registry}/{package}/-/{name}") or b""
        if _sri(data) != integrity:
            told = "is not the archive that is known by its SHA-512: remove the lock file"
            raise BuildError(f"{name} {told}, if you trust the registry.")
        cache.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return path


def _sri(data: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
