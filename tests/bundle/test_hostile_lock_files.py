"""Lock files that others have written: each fault is a sentence, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterlite_asgi.build.bundle.pyodide import LOCK
from jupyterlite_asgi.build.files import digest

from ..support.bundle_site import Site, entry_of
from ..support.fake_index import PURE, make, put_pyodide
from ..support.tampering import NO_SHA256, edit, files_below

LIB = f"lib-1-{PURE}.whl"


@pytest.fixture
def locked(site: Site) -> Site:
    """A site with the package ``lib``, whose lock file exists."""
    site.put("lib", "1")
    site.build("lib")
    return site


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("filename", "../../evil-1-py3-none-any.whl"),
        ("filename", "/evil-1-py3-none-any.whl"),
        ("filename", r"..\evil-1-py3-none-any.whl"),
        ("filename", "C:evil-1-py3-none-any.whl"),
        ("filename", "pyodide.asm.wasm"),
        ("filename", ".whl"),
        ("filename", ""),
        ("filename", None),
        ("filename", ["lib"]),
        ("sha256", "../../.."),
        ("sha256", "0" * 63),
        ("sha256", f"{NO_SHA256}\n"),
        ("sha256", None),
        ("version", "1/../.."),
        ("version", 1),
        ("name", "Lib"),
        ("name", "other"),
        ("kind", "unknown"),
        ("kind", ["own"]),
        ("depends", "lib"),
        ("depends", [1]),
        ("depends", None),
    ],
)
def test_invalid_entry_of_a_lock_file_is_named(locked: Site, key: str, value: object) -> None:
    before = files_below(locked.tmp)
    edit(locked.lock, lambda lock: lock["packages"]["lib"].update({key: value}))
    message = f"lock.json has no valid {key} for the package 'lib': remove it."
    assert locked.error("lib") == message
    edit(locked.lock, lambda lock: lock["packages"]["lib"].pop(key))
    assert locked.error("lib") == message
    assert files_below(locked.tmp) == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "lock.json cannot be read: remove it."),
        ("[" * 100_000, "lock.json cannot be read: remove it."),
        ("[]", "lock.json is not a jupyterlite-asgi lock file: remove it."),
        ("null", "lock.json is not a jupyterlite-asgi lock file: remove it."),
        ('{"packages": []}', "lock.json has no object as its `packages`: remove it."),
        ('{"assets": null}', "lock.json has no object as its `assets`: remove it."),
        ('{"pyodide": "npm"}', "lock.json has no object as its `pyodide`: remove it."),
        (
            '{"pyodide": {"from": "npm"}}',
            "lock.json has no valid integrity for Pyodide: remove it.",
        ),
        (
            '{"packages": {"lib": null}}',
            "lock.json has no valid name for the package 'lib': remove it.",
        ),
        (
            '{"assets": {"chart@2": {"version": "../..", "integrity": ""}}}',
            "lock.json has no valid version for the npm package 'chart@2': remove it.",
        ),
    ],
)
def test_odd_lock_file_is_reported(site: Site, text: str, sentence: str) -> None:
    site.put("lib", "1")
    site.lock.write_text(text)
    assert site.error("lib") == sentence


def test_missing_dependency_is_named(locked: Site) -> None:
    locked.put("app", "1", "lib")
    locked.build("app")
    edit(locked.lock, lambda lock: lock["packages"].pop("lib"))
    assert locked.error("app") == (
        "lock.json has no package 'lib', which 'app' requires: remove it."
    )


def test_lock_file_without_packages_is_resolved_again(locked: Site) -> None:
    edit(locked.lock, lambda lock: lock.pop("packages"))
    assert locked.build("lib") == [LIB]


def test_folder_in_place_of_the_lock_file_is_reported(site: Site) -> None:
    site.lock.mkdir()
    assert "lock.json cannot be used" in site.error("lib")


@pytest.mark.parametrize("kind", ["index", "pyodide"])
def test_package_cannot_replace_another_file(locked: Site, kind: str) -> None:
    """Neither another package's file nor, as one of Pyodide's distribution, Pyodide itself."""
    locked.put("other", "1")
    locked.build("lib", "other")
    entry = {"filename": LIB if kind == "index" else LOCK, "kind": kind}
    entry["sha256"] = digest(locked.index / LIB)
    edit(locked.lock, lambda lock: lock["packages"]["other"].update(entry))
    sentence = f"The file name {entry['filename']} is used twice: remove the lock file."
    assert locked.error("lib", "other") == sentence


def test_unknown_fields_of_a_lock_file_are_ignored(locked: Site) -> None:
    edit(locked.lock, lambda lock: lock["packages"]["lib"].update(added=1))
    assert locked.build("lib") == [LIB]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"file_name": "../../evil.whl"}, "file_name for 'numpy'"),
        ({"file_name": "Pyodide.asm.wasm"}, "file_name for 'numpy'"),
        ({"file_name": LOCK}, "file_name for 'numpy'"),
        ({"file_name": None}, "file_name for 'numpy'"),
        ({"sha256": "../.."}, "sha256 for 'numpy'"),
        ({"version": 2}, "version for 'numpy'"),
        ({"depends": {}}, "depends for 'numpy'"),
    ],
)
def test_odd_lock_file_of_pyodide_is_reported(
    site: Site, change: dict[str, Any], sentence: str
) -> None:
    wheel = make(site.pyodide, "numpy", "2")
    site.packages["numpy"] = entry_of(wheel, "2") | change
    message = f"{site.pyodide} has a {LOCK} without a valid {sentence}: use another Pyodide."
    assert site.error("numpy") == message


@pytest.mark.parametrize("key", ["python", "abi_version", "platform"])
def test_odd_info_of_pyodide_is_reported(site: Site, key: str) -> None:
    folder = put_pyodide(site.tmp / "odd")
    edit(folder / LOCK, lambda lock: lock["info"].update({key: "three/4"}))
    sentence = f"{folder} has a {LOCK} without a valid {key}: use another Pyodide."
    assert site.error("lib", pyodide=folder) == sentence


@pytest.mark.parametrize("version", ["../../evil", "..", "", "latest"])
def test_version_of_pyodide_must_be_one(site: Site, version: str) -> None:
    sentence = f"{version!r} is not a version of Pyodide: write npm or npm:314.0.0."
    assert site.error("lib", pyodide=f"npm:{version}") == sentence
