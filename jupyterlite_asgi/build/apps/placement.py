"""Puts published apps into a site: their files, their manifests and their pages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.resources import files as resources
from pathlib import Path

from ..bundle.site import Resolution
from ..cdn.files import FOLDER
from ..errors import BuildError, unusable
from ..files import write
from ..lock_file import Json
from . import manifest, pages, report
from .assembly import PublishedApp
from .contents import Prepare, collect, unprepared
from .format import POOL, Pool
from .manifest import Scripts

PAGES = "asgi"
"""The folder of the apps' pages, within a site."""

_SIGN = "<!-- made by jupyterlite-asgi -->\n"
"""The end of each page of ours, so that a later build may replace or remove it."""


def put(
    apps: Sequence[PublishedApp],
    decided: Resolution,
    site: Path,
    say: Callable[[str], None],
    *,
    prepare: Prepare | None = None,
    scripts: Scripts | None = None,
    lab: str = "",
) -> None:
    """Put apps into a site, in place of those that an earlier build has put there.

    Args:
        apps: the apps, with distinct names.
        decided: their packages; see ``resolve.asked``.
        site: the site's folder.
        say: receives lines about each app.
        prepare: runs an app in Node.js; None without Node.js.
        scripts: our scripts for the browser; by default those of this package.
        lab: the path of JupyterLab's page, to which the list links, within a site that keeps it.

    Raises:
        BuildError: an app cannot be published; the site then has none.
    """
    withdraw(site)
    scripts = scripts or built_scripts()
    try:
        _put(apps, decided, site, say, prepare=prepare, scripts=scripts, lab=lab)
    except BaseException as error:
        withdraw(site)
        if isinstance(error, OSError):
            raise unusable(error) from error
        raise


def _put(
    apps: Sequence[PublishedApp],
    decided: Resolution,
    site: Path,
    say: Callable[[str], None],
    *,
    prepare: Prepare | None,
    scripts: Scripts,
    lab: str,
) -> None:
    pool, made = Pool(site), dict[str, Json]()
    for app in apps:
        contents = collect(app, decided)
        prepared = (prepare or unprepared)(contents)
        path = manifest.path(app.name)
        made[path] = manifest.make(app, contents, prepared, scripts, pool)
        for line in report.lines(made[path], pool, is_prepared=prepare is not None):
            say(line)
        for warning in prepared.warnings:
            say(f"App {app.name}: {warning}")
    if apps and prepare is None:
        say(report.WITHOUT_NODE)
    listed = [_page_of(found) for found in made.values()]
    for page in listed:
        put_page(site / PAGES / page.name / "index.html", pages.shell_page(*page))
    put_page(site / PAGES / "index.html", pages.list_page(listed, lab))
    put_page(site / "404.html", pages.not_found_page(listed))
    for path, found in made.items():
        write(site / path, (json.dumps(found, indent=1) + "\n").encode())


def _page_of(found: Json) -> pages.AppPage:
    shell = found["scripts"]["shell"]["url"]
    return pages.AppPage(found["name"], found["title"], found["icon"], shell)


def put_page(path: Path, page: str) -> None:
    """Write a page, unless there is one that is not ours."""
    if not path.exists() or is_ours(path):
        write(path, (page + _SIGN).encode())


def is_ours(page: Path) -> bool:
    """Return whether a build of ours has written a page."""
    return page.is_file() and page.read_bytes().endswith(_SIGN.encode())


def withdraw(site: Path) -> None:
    """Remove the apps that a build has put into a site, and nothing else; raise ``BuildError``."""
    try:
        for page in (site / "404.html", *site.glob(f"{PAGES}/**/index.html")):
            if is_ours(page):
                page.unlink()
        for file in manifest.paths(site):
            file.unlink()
    except OSError as error:
        raise unusable(error) from error
    shutil.rmtree(site / POOL, ignore_errors=True)
    for folder in (*site.glob(f"{PAGES}/*"), site / PAGES, site / FOLDER):
        with suppress(OSError):  # there is something else in it
            folder.rmdir()


def built_scripts() -> Scripts:
    """Return our scripts for the browser; raise ``BuildError`` if they were not built."""
    static = resources("jupyterlite_asgi") / "static"
    try:
        return {name: (static / f"{name}.js").read_bytes() for name in ("shell", "runtime")}
    except FileNotFoundError as error:
        raise BuildError(
            "This copy of jupyterlite-asgi lacks its front end: run `jlpm build` in its checkout, "
            "or install a release."
        ) from error
