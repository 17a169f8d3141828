"""Where Pyodide comes from, and the packages of its distribution."""

from __future__ import annotations

import random

from jupyterlite_asgi.build.bundle.pyodide import CORE, faults

from ..support.bundle_site import NOWHERE, Site, entry_of
from ..support.fake_index import LINUX, PURE, WASM, make, put_archive, put_npm, put_pyodide


def test_pyodide_from_a_folder_is_bundled(site: Site) -> None:
    site.put("lib", "1")
    site.build("lib")
    for name in CORE:
        assert (site.tmp / "out" / name).read_text() == f"the {name} of pyodide"
    (site.pyodide / CORE[0]).unlink()
    message = f"There is no {CORE[0]} in {site.pyodide}: use Pyodide 314 or later."
    assert site.error("lib", pyodide=site.pyodide) == message


def test_pyodide_at_a_url_is_not_bundled(site: Site) -> None:
    site.put("lib", "1")
    put_pyodide(site.index / "full")
    assert site.build("lib", pyodide=f"{site.url}/full/pyodide.mjs") == [f"lib-1-{PURE}.whl"]
    assert not (site.tmp / "out" / CORE[0]).exists()
    message = f"{site.url}/else has no readable pyodide-lock.json"
    assert site.error("lib", pyodide=f"{site.url}/else/pyodide.mjs").startswith(message)


def test_pyodide_from_an_archive_is_bundled_with_its_packages(site: Site) -> None:
    wheel = make(site.tmp / "full", "numpy", "2.4", tag=WASM)
    folder = put_pyodide(site.tmp / "full", {"numpy": entry_of(wheel, "2.4")})
    archive = put_archive(site.tmp / "pyodide-314.0.7.tar.bz2", folder)
    assert site.build("numpy", pyodide=archive) == [wheel.name]
    assert (site.tmp / "out" / CORE[0]).read_text() == f"the {CORE[0]} of full"
    folders = {path for path in (site.tmp / "cache").iterdir() if path.name != "wheels"}
    site.build("numpy", pyodide=archive)
    assert {path for path in (site.tmp / "cache").iterdir() if path.name != "wheels"} == folders


def test_truncated_archive_is_reported(site: Site) -> None:
    (site.tmp / "full").mkdir()
    (site.tmp / "full" / "noise").write_bytes(random.Random(1).randbytes(100_000))
    archive = put_archive(site.tmp / "pyodide.tar.bz2", site.tmp / "full")
    archive.write_bytes(archive.read_bytes()[:50_000])
    message = "pyodide.tar.bz2 is damaged or incomplete: download it again."
    assert site.error("lib", pyodide=archive) == message
    archive.write_bytes(b"nonsense")
    assert site.error("lib", pyodide=archive) == message
    assert not list((site.tmp / "cache").glob("pyodide-*"))


def test_archive_without_pyodide_is_reported(site: Site) -> None:
    archive = put_archive(site.tmp / "other.tar.gz", make(site.tmp / "o", "other", "1").parent)
    message = f"There is no {CORE[0]} in other.tar.gz: use Pyodide 314 or later."
    assert site.error("lib", pyodide=archive) == message


def test_packages_of_the_distribution_alone_are_downloaded_from_its_url(site: Site) -> None:
    wheel = make(site.index / "full-314.0.7", "numpy", "2.4", tag=WASM)
    site.put("numpy", "3", tag=LINUX)
    site.put("lib", "2", "numpy")
    own = make(site.index / "full-314.0.7", "lib", "1")
    packages = {"numpy": entry_of(wheel, "2.4"), "lib": entry_of(own, "1")}
    put_npm(site.index, put_pyodide(site.tmp / "314", packages), "314.0.7")
    put_pyodide(site.index / "full-314.0.7")
    built = site.build("lib", pyodide="npm:314.0.7")
    assert built == [f"lib-2-{PURE}.whl", wheel.name]
    site.url = NOWHERE
    assert site.build("lib", pyodide="npm:314.0.7") == built


def test_unreachable_distribution_is_reported_and_skipped(site: Site) -> None:
    site.put("yaml", "1")
    entry = {"file_name": "yaml-1.whl", "version": "1", "sha256": "0" * 64, "depends": []}
    put_npm(site.index, put_pyodide(site.tmp / "314", {"yaml": entry, "far": entry}), "314.0.7")
    assert site.build("yaml", pyodide="npm:314.0.7") == [f"yaml-1-{PURE}.whl"]
    message = (
        f"{site.url}/full-314.0.7 is not reachable: packages that are only there are unavailable"
    )
    assert len([line for line in site.output if line.startswith(message)]) == 1
    assert site.error("far", pyodide="npm:314.0.7") == (
        "far has no wheel that runs in Pyodide (far): use a folder or archive of Pyodide, whose "
        "distribution has 1."
    )


def test_library_of_pyodide_may_have_a_version_unknown_to_python(site: Site) -> None:
    library = make(site.pyodide, "libopenssl", "1").rename(site.pyodide / "libopenssl-1.1.1w.zip")
    site.packages["libopenssl"] = entry_of(library, "1.1.1w")
    for _ in range(2):  # without and with a lock file
        site.build("libopenssl")
        assert (site.tmp / "out" / library.name).is_file()


def test_build_needs_no_index_if_everything_is_local(site: Site) -> None:
    wheel = make(site.pyodide, "numpy", "2.4", tag=WASM)
    site.packages["numpy"] = entry_of(wheel, "2.4")
    make(site.own, "lib", "1", "numpy")
    site.url = NOWHERE
    assert site.build("lib") == [f"lib-1-{PURE}.whl", wheel.name]
    assert len([line for line in site.output if "does not respond" in line]) == 1
    assert "does not respond" in site.error("lib", "other")


def test_sizes_are_printed(site: Site) -> None:
    site.put("lib", "1", **{"lib/data.bin": "x" * 300 * 1024})
    site.build("lib")
    size = sum(path.stat().st_size for path in (site.tmp / "out").iterdir())
    assert site.output[-1] == f"{size / 1024:9.0f} KiB  total, 1 packages"
    assert [line.split(" KiB  ")[1] for line in site.output[-3:-1]] == ["lib 1", "Pyodide"]


def test_pyodide_from_npm_is_downloaded_once_and_verified(site: Site) -> None:
    site.put("lib", "1")
    archive = put_npm(site.index, put_pyodide(site.tmp / "314"), "314.0.7")
    built = site.build("lib", pyodide="npm:314.0.7")
    for name in CORE:
        assert (site.tmp / "out" / name).read_text() == f"the {name} of 314"

    site.url, there = NOWHERE, site.url
    assert site.build("lib", pyodide="npm:314.0.7") == built

    site.url = there
    (site.tmp / "cache" / archive.name).write_bytes(b"half")
    site.build("lib", pyodide="npm:314.0.7")
    put_npm(site.index, put_pyodide(site.tmp / "evil"), "314.0.7")
    (site.tmp / "cache" / archive.name).unlink()
    assert site.error("lib", pyodide="npm:314.0.7") == (
        f"The SHA-512 of {archive.name} does not match: if you trust the registry, remove the lock "
        "file."
    )
    assert (site.tmp / "out" / CORE[0]).read_text() == f"the {CORE[0]} of 314"


def test_version_that_npm_lacks_is_reported(site: Site) -> None:
    assert site.error("lib", pyodide="npm:1") == (
        f"There is no Pyodide 1 at {site.url}: choose another version."
    )


def test_missing_and_changed_files_of_a_build_are_found(site: Site) -> None:
    site.put("lib", "1")
    (wheel,) = site.build("lib")
    assert faults(site.tmp / "out") == []
    (site.tmp / "out" / wheel).write_bytes(b"")
    assert faults(site.tmp / "out") == [wheel]
    assert faults(site.tmp) == ["pyodide-lock.json"]
