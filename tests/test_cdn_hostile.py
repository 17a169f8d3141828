"""Registries, lock files and archives of npm that others have written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyterlite_asgi.build.cdn.bundling import Registry, carry, faults
from jupyterlite_asgi.build.cdn.files import TABLE, read, table
from jupyterlite_asgi.build.errors import BuildError
from jupyterlite_asgi.build.npm import strange

from .support.fake_index import PACKUMENT, put_release, serving
from .support.tampering import NO_SRI, edit, files_below

CHART = "https://cdn.jsdelivr.net/npm/chart@2/dist/chart.js"


class Build:
    """A registry with one release, and the folder for its files."""

    def __init__(self, tmp: Path, url: str) -> None:
        self.tmp, self.url, self.lock = tmp, url, tmp / "lock.json"
        self.archive = put_release(tmp / "index", "chart", "2.0.0", **{"dist/chart.js": "chart"})

    def run(self, url: str = CHART) -> str:
        """Bundle the file at ``url``; return the error, if any."""
        registry = Registry(self.url, self.tmp / "cache")
        try:
            carry(list(read([url])), self.lock, registry, self.tmp / "out", update=False)
        except BuildError as error:
            return str(error)
        return ""


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    (tmp_path / "index").mkdir()
    with serving(tmp_path / "index") as url:
        yield Build(tmp_path, url)


@pytest.mark.parametrize(
    "path",
    ["/etc/evil", "a/../../evil", "./a.js", "a//b.js", r"a\..\evil", "C:evil", "a\0.js", "*"],
)
def test_url_that_leads_out_of_its_package_is_refused(path: str) -> None:
    for url in (f"https://unpkg.com/chart@2/{path}", f"https://unpkg.com/../{path}"):
        with pytest.raises(BuildError, match="is not an npm file: use the URL of a file at"):
            list(read([url]))


@pytest.mark.parametrize("version", ["../../evil", "2/../../evil", r"2\evil", "", ".."])
def test_version_that_leads_out_of_the_folder_is_refused(build: Build, version: str) -> None:
    page = build.tmp / "index" / "chart" / PACKUMENT
    versions = {version: {"dist": {"integrity": NO_SRI}}}
    page.write_text(json.dumps({"dist-tags": {"2": version}, "versions": versions}), "utf-8")
    before = files_below(build.tmp)
    assert build.run() in (str(strange(build.url)), no_such_version(build))
    assert files_below(build.tmp) == before


def no_such_version(build: Build) -> str:
    advice = "choose a version that exists, such as 5, 5.1 or 5.1.0."
    return f"There is no chart 2 at {build.url}: {advice}"


@pytest.mark.parametrize("integrity", ["sha512-../..", "sha1-AAAA", None, 1])
def test_integrity_must_be_a_sha512(build: Build, integrity: object) -> None:
    def change(page: dict[str, dict[str, dict[str, object]]]) -> None:
        page["versions"]["2.0.0"]["dist"] = {"integrity": integrity}

    edit(build.tmp / "index" / "chart" / PACKUMENT, change)
    assert build.run() == str(strange(build.url))


@pytest.mark.parametrize(
    ("key", "value"),
    [("version", "../../evil"), ("version", 2), ("integrity", "sha512-"), ("integrity", None)],
)
def test_invalid_release_in_the_lock_file_is_named(build: Build, key: str, value: object) -> None:
    assert build.run() == ""
    edit(build.lock, lambda lock: lock["assets"]["chart@2"].update({key: value}))
    assert build.run() == (
        f"lock.json has no valid {key} for the npm package 'chart@2': remove it."
    )


def test_archive_with_another_hash_is_not_kept(build: Build) -> None:
    build.archive.write_bytes(b"evil")
    assert build.run().startswith("The SHA-512 of chart-2.0.0.tgz does not match")
    assert not files_below(build.tmp, "index")


def test_only_requested_files_are_unpacked(build: Build) -> None:
    files = {"dist/chart.js": "chart", "../evil": "", "../../evil": "", "../LICENSE": ""}
    put_release(build.tmp / "index", "chart", "2.0.0", **files)
    assert build.run() == ""
    assert files_below(build.tmp / "out") == {TABLE, "chart@2.0.0/dist/chart.js"}
    assert files_below(build.tmp, "index", "out") == {"lock.json", "cache/chart-2.0.0.tgz"}


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{", '{"a": 1}', '{"a": {"file": "x"}}', "[" * 100_000]
)
def test_odd_table_of_a_built_folder_counts_as_missing(tmp_path: Path, text: str) -> None:
    (tmp_path / TABLE).write_text(text, "utf-8")
    assert faults(tmp_path) == [TABLE]
    assert table(tmp_path) == {}
