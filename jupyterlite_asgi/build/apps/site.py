"""A site of published apps alone, without JupyterLab."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from .. import worker
from ..bundle.site import Order, deciding
from ..cdn.files import FOLDER
from ..errors import BuildError, unusable
from ..files import write
from ..node import find_node
from . import manifest, placement, resolve
from .assembly import PublishedApp
from .contents import Prepare
from .manifest import Scripts
from .prepare import preparer

WORKER = "service-worker.js"

NOJEKYLL = ".nojekyll"
"""The file that tells GitHub Pages to leave the site as it is."""

_KEPT = (WORKER, NOJEKYLL, placement.PAGES, "static", FOLDER)
"""The paths of what published apps need, except for pages."""


def by_node() -> Prepare | None:
    """Return what runs an app in Node.js; None without Node.js."""
    node = find_node()
    return preparer(node) if node else None


def publish(
    apps: Sequence[PublishedApp],
    dest: Path,
    say: Callable[[str], None],
    *,
    wheels: Sequence[Path] = (),
    without: Sequence[str] = (),
    order: Order | None = None,
    find: Callable[[], Prepare | None] = by_node,
    scripts: Scripts | None = None,
) -> None:
    """Fill a folder with published apps, in place of those in it; other files stay.

    Args:
        apps: the apps, with distinct names.
        dest: the folder, which is created if it is missing.
        say: receives lines about each app, and about downloads.
        wheels: wheels of the author's, which take precedence over all others.
        without: packages to leave out although they are required.
        order: where packages come from, in place of ``wheels``, ``without`` and the usual places.
        find: returns what runs an app in Node.js; None without Node.js.
        scripts: our scripts for the browser; by default those of this package.

    Raises:
        BuildError: an app cannot be published; the folder then stays as it is.
    """
    if order is None:
        sources = resolve.standard_sources(_cache(), say)
        order = resolve.order(apps, replace(sources, wheels=wheels, without=without))
    names = [app.name for app in apps]
    with TemporaryDirectory() as folder, deciding(order) as decided:
        made = Path(folder)
        placement.put(apps, decided, made, say, prepare=find(), scripts=scripts)
        complete(names, made)
        try:
            _replace(made, dest, say)
        except OSError as error:
            raise unusable(error) from error


def _replace(made: Path, dest: Path, say: Callable[[str], None]) -> None:
    """Move a site into a folder, in place of an earlier one; pages that are not ours stay."""
    before = {path.stem for path in manifest.paths(dest)}
    gone = sorted(before - {path.stem for path in manifest.paths(made)})
    placement.withdraw(dest)
    for source in filter(Path.is_file, made.rglob("*")):
        target = dest / source.relative_to(made)
        if target.suffix == ".html" and target.exists() and not placement.is_ours(target):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    if gone:
        say(
            f"{dest} no longer has {', '.join(gone)}: publish a folder of apps to have several in "
            "one site."
        )


def _cache() -> Path:
    """Return the folder for downloads that all sites of a user share."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jupyterlite-asgi"


def complete(names: Sequence[str], dest: Path) -> None:
    """Add to published apps what else a site needs that has no JupyterLab."""
    try:
        placement.put_page(dest / "index.html", _start_page(names))
        write(dest / NOJEKYLL, b"")
        worker.write_alone(dest / WORKER)
    except OSError as error:
        raise unusable(error) from error


def _start_page(names: Sequence[str]) -> str:
    """Return the page that leads to the only app, or else to the list of them."""
    target = f"{placement.PAGES}/{names[0]}/" if len(names) == 1 else f"{placement.PAGES}/"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="refresh" content="0; url={target}">\n<title>Published apps</title>\n'
        f'</head>\n<body><a href="{target}">Published apps</a></body>\n</html>\n'
    )


def check(dest: Path, sources: Path) -> None:
    """Raise ``BuildError`` if ``prune()`` would remove the sources of the site."""
    if sources.resolve().is_relative_to(dest.resolve()):
        raise BuildError(
            f"{dest} also has the site's sources, which --no-lab would remove: choose another "
            "--output-dir."
        )


def prune(dest: Path) -> None:
    """Remove from a folder everything that published apps do not need."""
    try:
        for path in (*dest.iterdir(), *(dest / "static").glob("*")):
            if path.relative_to(dest).as_posix() not in _KEPT and not placement.is_ours(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    except OSError as error:
        raise unusable(error) from error
