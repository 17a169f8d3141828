"""Archives from an npm registry, verified by their SHA-512."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from .download import PACKAGE, fetch
from .errors import BuildError
from .files import write
from .lock_file import Json
from .names import is_release, is_sri

ABBREVIATED = "application/vnd.npm.install-v1+json"
RELEASE = re.compile(r"\d+\.\d+\.\d+")


def choose(package: str, wanted: str, registry: str) -> Json:
    """Return ``version`` and ``integrity`` of the newest release of a package that matches.

    ``wanted`` is a version, a prefix of one (``5`` or ``5.1``), or a tag such as ``latest``.
    Raises ``BuildError`` if no release matches.
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
            integrity = known["versions"][version]["dist"]["integrity"]
            if not (is_release(version) and is_sri(integrity)):
                raise strange(registry)
            return {"version": version, "integrity": integrity}
    except BuildError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise strange(registry) from error
    raise BuildError(
        f"There is no {package} {wanted} at {registry}: "
        "choose a version that exists, such as 5, 5.1 or 5.1.0."
    )


def _newest(versions: list[str]) -> str:
    releases = [version for version in versions if RELEASE.fullmatch(version)]
    return max(releases, key=lambda version: [*map(int, version.split("."))], default="")


def strange(registry: str) -> BuildError:
    """Return the error for a registry whose response cannot be read."""
    return BuildError(
        f"{registry} does not respond as an npm registry does: "
        "try again with another network or registry."
    )


def archive(package: str, version: str, integrity: str, registry: str, cache: Path) -> Path:
    """Return the archive of a release, downloaded unless it is in the cache.

    ``integrity`` is its SHA-512 as in Subresource Integrity. Raises ``BuildError`` if they differ.
    """
    name = f"{package.rpartition('/')[2]}-{version}.tgz"
    path = cache / f"{package.replace('/', '+')}-{version}.tgz"
    if not path.is_file() or _sri(path.read_bytes()) != integrity:
        data = fetch(f"{registry}/{package}/-/{name}", limit=PACKAGE) or b""
        if _sri(data) != integrity:
            raise BuildError(
                f"The SHA-512 of {name} does not match: if you trust the registry, remove the "
                "lock file."
            )
        write(path, data)
    return path


def _sri(data: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
