"""Indexes that others run: what pip would skip is skipped, and nothing leaves the cache."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyterlite_asgi.build import download
from jupyterlite_asgi.build.errors import BuildError
from jupyterlite_asgi.build.files import digest

from ..support.bundle_site import Site
from ..support.fake_index import PURE, make
from ..support.tampering import NO_SHA256, edit, files_below

LIB = f"lib-1-{PURE}.whl"


@pytest.mark.parametrize(
    "filename",
    [
        "lib-1-1/../../../../evil-py3-none-any.whl",
        "lib-1-py3./../../evil.py3-none-any.whl",
        r"lib-1-1\..\..\evil-py3-none-any.whl",
        "lib-1-1\0-py3-none-any.whl",
        f"lib-1-1{'x' * 300}-py3-none-any.whl",
        f"evil-1-{PURE}.whl",
        f"lib-eins-{PURE}.whl",
        "lib-1.whl",
        "lib",
        None,
        1,
    ],
)
def test_invalid_file_name_in_an_index_is_skipped(site: Site, filename: object) -> None:
    site.put("lib", "1")
    newer = site.put("lib", "2")
    put_page(site, {newer.name: {"filename": filename}})
    before = files_below(site.tmp, "cache")
    assert site.build("lib") == [LIB]
    assert files_below(site.tmp, "cache", "out", "lock.json", "pyodide") == before
    assert {path.name for path in (site.tmp / "cache").rglob("*.whl")} == {LIB}


@pytest.mark.parametrize(
    "fields",
    [
        {"hashes": {}},
        {"hashes": None},
        {"hashes": {"sha256": "../../.."}},
        {"hashes": {"sha256": NO_SHA256.replace("0", "G")}},
    ],
)
def test_file_without_a_valid_hash_is_skipped(site: Site, fields: dict[str, Any]) -> None:
    site.put("lib", "1")
    put_page(site, {site.put("lib", "2").name: fields})
    assert site.build("lib") == [LIB]


@pytest.mark.parametrize("url", ["https://[x", "//[::1", None, 1, []])
def test_file_without_a_valid_url_is_skipped(site: Site, url: object) -> None:
    site.put("lib", "1")
    put_page(site, {site.put("lib", "2").name: {"url": url}})
    assert site.build("lib") == [LIB]


def test_entry_that_is_not_an_object_is_skipped(site: Site) -> None:
    site.put("lib", "1")
    page = put_page(site, {})
    edit(page, lambda data: data["files"].extend([None, "lib", []]))
    assert site.build("lib") == [LIB]


@pytest.mark.parametrize("python", [">=3.5.*", ">=3,<", "!!", 3, [], None])
def test_invalid_python_requirement_is_ignored_as_by_pip(site: Site, python: object) -> None:
    put_page(site, {site.put("lib", "1").name: {"requires-python": python}})
    assert site.build("lib") == [LIB]


def test_url_in_an_index_may_be_relative(site: Site) -> None:
    put_page(site, {site.put("lib", "1").name: {"url": f"../../{LIB}"}})
    assert site.build("lib") == [LIB]


def test_file_of_this_machine_is_not_put_into_the_site(site: Site) -> None:
    secret = make(site.tmp / "home", "lib", "1")
    put_page(site, {site.put("lib", "1").name: {"url": secret.as_uri()}})
    message = f"{secret.as_uri()} is not a URL: write one that starts with https://."
    assert site.error("lib") == message


def test_version_with_an_invalid_requirement_is_skipped_as_by_pip(site: Site) -> None:
    site.put("lib", "1")
    site.put("lib", "2", "other (>=1.0.*)x")
    site.put("app", "1", "lib")
    assert site.build("app") == [f"app-1-{PURE}.whl", LIB]
    sentence = "lib 2 has an invalid requirement ("
    assert site.error("lib>1").startswith(sentence)
    assert site.error("lib>1").endswith("): choose another version.")


def test_nothing_is_kept_before_its_hash_is_right(site: Site) -> None:
    site.put("lib", "1")
    site.build("lib")
    for cached in (site.tmp / "cache").rglob("*.whl"):
        cached.unlink()
    site.put("lib", "1", **{"lib/evil.py": ""})
    assert "its SHA-256 does not match" in site.error("lib")
    assert not files_below(site.tmp / "cache")


def test_larger_download_than_allowed_is_reported(site: Site) -> None:
    site.put("lib", "1")
    size = (site.index / LIB).stat().st_size
    assert download.fetch(f"{site.url}/{LIB}", limit=size) is not None
    with pytest.raises(BuildError, match="has more than 0 MiB: use another release or index"):
        download.fetch(f"{site.url}/{LIB}", limit=size - 1)


def put_page(site: Site, changes: dict[str, dict[str, Any]]) -> Path:
    """Write the index's page for ``lib``, with changed fields for some of its files."""
    files = [
        {
            "filename": path.name,
            "url": f"{site.url}/{path.name}",
            "hashes": {"sha256": digest(path)},
        }
        | changes.get(path.name, {})
        for path in sorted(site.index.glob("lib-*.whl"))
    ]
    page = site.index / "lib"
    page.write_text(json.dumps({"files": files}), "utf-8")
    return page
