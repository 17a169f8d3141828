"""Says how large each published app is, and how long visitors wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..files import sized
from ..lock_file import Json
from ..node import MISSING
from . import manifest
from .format import Pool, is_intact

WITHOUT_NODE = (
    f"{MISSING} Until then the apps have uncompiled files, among them many that they do not use, "
    "so that a first visit takes about twice as long."
)


def lines(found: Json, pool: Pool, *, is_prepared: bool) -> Iterator[str]:
    """Yield lines about an app by its manifest; ``is_prepared`` says whether Node.js has run it.

    The size is what a first visit downloads before the app starts, without the snapshot, which only
    fast connections load, too.
    """
    snapshot = found["snapshot"] or {}
    later = {found["licenses"]["url"], found["rest"]["url"] if found["rest"] else ""}
    later |= {file["url"] for file in snapshot.values()}
    cold = [url for url in manifest.urls(found) if url not in later]
    size = sum(pool.wire[url] for url in cold)
    what = f"asgi/{found['name']}/, compressed, in {len(cold)} files"
    yield sized(size, f"{what}; {_start(found, is_prepared)}")
    if snapshot:
        more = sum(pool.wire[file["url"]] for file in snapshot.values())
        yield sized(
            more, "more over fast connections: a snapshot, which halves the time of the first start"
        )


def _start(found: Json, is_prepared: bool) -> str:
    if is_prepared:
        return "starts about as fast as Pyodide alone, on later visits twice as fast"
    return "takes twice as long to start as Pyodide alone, on later visits half as long"


def faults(site: Path) -> list[str]:
    """Return what is missing or has changed of the published apps of a site."""
    found = [manifest.read(file) for file in manifest.paths(site)]
    if not found:
        return [manifest.path("*")]
    return sorted({fault for each in found for fault in _faults(site, each)})


def _faults(site: Path, found: Json) -> Iterator[str]:
    page = f"asgi/{found['name']}/index.html"
    yield from (url for url in manifest.urls(found) if not is_intact(site / url))
    if not (site / page).is_file():
        yield page
