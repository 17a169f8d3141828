"""The text with the licenses of what is published with an app."""

from __future__ import annotations

import zipfile

import pytest

from jupyterlite_asgi.build.apps.report import faults

from ..support.bundle_site import entry_of
from ..support.publishing import Publishing

RULE = "=" * 80


def put(publishing: Publishing, name: str, metadata: str = "", **files: str) -> None:
    """Add a package with lines in its metadata, and with files beside that."""
    info = f"{name}-1.dist-info"
    wheel = publishing.put(name, "1", **{f"{info}/{path}": text for path, text in files.items()})
    with zipfile.ZipFile(wheel) as archive:
        found = {path: archive.read(path) for path in archive.namelist()}
    found[f"{info}/METADATA"] += metadata.encode()
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in found.items():
            archive.writestr(path, data)


def parts(publishing: Publishing, *requirements: str) -> list[str]:
    """Publish an app; return what its licenses say, by parts."""
    publishing.publish(publishing.app("shop", *requirements))
    text = publishing.read(publishing.manifest("shop")["licenses"]).decode()
    title, *found = text.split(f"{RULE}\n")
    assert title == "What is published with the app shop, and its licenses\n\n"
    return found


def test_python_and_our_own_package_come_first(publishing: Publishing) -> None:
    python, pyodide, _, ours = parts(publishing)
    assert python == "Python 3.14.2\nLicense: PSF-2.0\nhttps://docs.python.org/3/license.html\n\n"
    assert pyodide.startswith("Pyodide\nLicense: MPL-2.0\n")
    assert ours.startswith("jupyterlite-asgi ")
    assert "Redistributions in binary form must reproduce" in ours


def test_packages_are_in_order_with_their_license_files(publishing: Publishing) -> None:
    files = {
        "licenses/vendored/LICENSE": "of a part\r\n\r\nof it",
        "licenses/LICENSE.txt": "\nPermission is granted  \n",
        "COPYING": "older",
        "NOTICE.md": "notice",
        "top_level.txt": "web",
    }
    put(publishing, "web", "License-Expression: MIT\nRequires-Dist: core", **files)
    put(publishing, "core", "License: BSD", LICENCE="in British")
    core, web = parts(publishing, "web")[4:]
    assert core == "core 1\nLicense: BSD\n\n--- LICENCE\n\nin British\n\n"
    assert web == (
        "web 1\nLicense: MIT\n\n--- COPYING\n\nolder\n\n--- NOTICE.md\n\nnotice\n\n"
        "--- licenses/LICENSE.txt\n\nPermission is granted\n\n"
        "--- licenses/vendored/LICENSE\n\nof a part\n\nof it\n"
    )


@pytest.mark.parametrize(
    ("metadata", "lines"),
    [
        ("", "License: not stated\n"),
        ("License: UNKNOWN", "License: not stated\n"),
        ("Classifier: License :: OSI Approved :: MIT License", "License: MIT License\n"),
        ("License: UNKNOWN\nClassifier: License :: Public Domain", "License: Public Domain\n"),
        (
            "License: The MIT License\n  Permission is granted",
            "License: not stated\n\n--- METADATA\n\nThe MIT License\n  Permission is granted\n",
        ),
    ],
)
def test_older_metadata(publishing: Publishing, metadata: str, lines: str) -> None:
    put(publishing, "web", metadata)
    assert parts(publishing, "web")[-1] == f"web 1\n{lines}"


def test_archive_without_metadata_is_named(publishing: Publishing) -> None:
    helper = publishing.tmp / "pyodide" / "helper-1.zip"
    helper.parent.mkdir()
    with zipfile.ZipFile(helper, "w") as archive:
        archive.writestr("helper.py", "")
    publishing.packages["helper"] = entry_of(helper, "1")
    assert parts(publishing, "helper")[-1] == "helper 1\nLicense: not stated\n"


def test_licenses_are_checked_and_removed_with_the_app(publishing: Publishing) -> None:
    publishing.publish(publishing.app("shop"))
    url = publishing.manifest("shop")["licenses"]["url"]
    assert url.endswith("/shop.licenses.txt")
    (publishing.out / url).write_text("changed", "utf-8")
    assert faults(publishing.out) == [url]
    publishing.publish(publishing.app("blog"))
    assert not (publishing.out / url).exists()
