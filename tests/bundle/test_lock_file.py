"""Rebuilding: the lock file, the cache, and what is broken or out of reach."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from jupyterlite_asgi.build.bundle import site as site_module
from jupyterlite_asgi.build.bundle.wheels import imports, requires_dist
from jupyterlite_asgi.build.errors import BuildError
from jupyterlite_asgi.build.files import digest

from ..support.bundle_site import NOWHERE, Site
from ..support.fake_index import PURE, make, serving


def test_build_with_a_lock_file_needs_no_index(site: Site) -> None:
    site.put("lib", "1")
    site.put("app", "1", "lib")
    first = site.build("app")
    before = site.lock.read_bytes(), digest(site.tmp / "out/pyodide-lock.json")
    site.put("lib", "2")
    site.url = NOWHERE
    assert site.build("app") == first
    assert (site.lock.read_bytes(), digest(site.tmp / "out/pyodide-lock.json")) == before


def test_locked_wheels_can_come_from_a_mirror(site: Site) -> None:
    wheel = site.put("lib", "1").name
    first = site.build("lib")
    assert site.url not in site.lock.read_text()
    shutil.rmtree(site.tmp / "cache")
    (site.index / "_index.json").write_text(json.dumps({wheel: {"yanked": True}}))
    with serving(site.index) as site.url:
        assert site.build("lib") == first
    shutil.rmtree(site.tmp / "cache")
    (site.index / wheel).unlink()
    with serving(site.index) as site.url:
        message = f"{wheel} is no longer at {site.url}/simple: remove the lock file."
        assert site.error("lib") == message


def test_changed_requirements_keep_locked_versions_where_possible(site: Site) -> None:
    site.put("lib", "1")
    site.build("lib")
    site.put("lib", "2")
    site.put("app", "1", "lib")
    assert site.build("lib", "app") == [f"app-1-{PURE}.whl", f"lib-1-{PURE}.whl"]
    assert f"lib-2-{PURE}.whl" in site.build("app", "lib>1")


def test_missing_network_is_reported(site: Site) -> None:
    site.url = NOWHERE
    assert site.error("lib") == (
        "127.0.0.1 does not respond ([Errno 111] Connection refused): check the network."
    )


def test_truncated_cached_file_is_downloaded_again(site: Site) -> None:
    site.put("lib", "1")
    site.build("lib")
    (cached,) = (site.tmp / "cache").rglob("*.whl")
    cached.write_bytes(cached.read_bytes()[:10])
    site.build("lib")
    assert (site.tmp / "out" / cached.name).read_bytes() == cached.read_bytes()


def test_wheel_with_another_hash_is_an_error_and_keeps_the_last_build(site: Site) -> None:
    site.put("lib", "1")
    built = site.build("lib")
    site.put("lib", "1", **{"lib/evil.py": ""})
    for cached in (site.tmp / "cache").rglob("*.whl"):
        cached.unlink()
    assert site.error("lib") == (
        f"lib-1-{PURE}.whl is missing, or its SHA-256 does not match: remove the lock file."
    )
    assert sorted(path.name for path in (site.tmp / "out").glob("*.whl")) == built


def test_unwritable_destination_is_reported(site: Site) -> None:
    site.put("lib", "1")
    (site.tmp / "file").write_text("")
    with pytest.raises(BuildError, match=r"file.* cannot be used .*choose another path"):
        site.build("lib", dest="file/out")
    assert not site.lock.exists()


def test_truncated_lock_file_is_reported(site: Site) -> None:
    site.lock.write_text('{"asked": [')
    assert site.error("lib") == "lock.json cannot be read: remove it."


def test_imports_in_namespace_packages_are_found(tmp_path: Path) -> None:
    files = {"space/one/__init__.py": "", "space/two.py": "", "single.py": "", "x/y/z.txt": ""}
    wheel = make(tmp_path, "lib", "1", "needed>=1", **files, **{"pack/__init__.py": ""})
    assert imports(wheel) == ["pack", "single", "space.one", "space.two"]
    assert requires_dist(wheel) == ["needed>=1"]


def test_answer_that_is_not_of_an_index_is_reported(site: Site) -> None:
    (site.index / "lib").write_text("<html>Sign in to the school's network</html>")
    assert site.error("lib").endswith(
        "does not respond as PyPI's Simple API does: try again with another network or index."
    )


def test_newest_own_wheel_is_taken(site: Site) -> None:
    for version in ("9", "10"):
        make(site.own, "lib", version)
    assert site.build("lib") == [f"lib-10-{PURE}.whl"]


def test_truncated_own_wheel_is_reported(site: Site) -> None:
    wheel = make(site.own, "lib", "1")
    wheel.write_bytes(wheel.read_bytes()[:20])
    assert (
        site.error("lib") == f"{wheel.name} is damaged or incomplete: build or download it again."
    )


def test_update_takes_the_newest_version(site: Site) -> None:
    site.put("lib", "1")
    site.build("lib")
    site.put("lib", "2")
    assert site.build("lib") == [f"lib-1-{PURE}.whl"]
    assert site.build("lib", update=True) == [f"lib-2-{PURE}.whl"]


def test_preloading_a_package_that_is_not_bundled_is_an_error(site: Site) -> None:
    site.put("lib", "1")
    site.build("lib", preload=("Lib",))
    message = "other is in `preload` but not in `packages`: add it there."
    assert site.error("lib", preload=("other",)) == message


def test_failed_build_leaves_nothing_behind(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(wheel: Path) -> list[str]:
        raise OSError(28, "No space left on device", wheel)

    site.put("lib", "1")
    monkeypatch.setattr(site_module, "imports", fail)
    assert "cannot be used (No space left on device)" in site.error("lib")
    assert not list(site.tmp.glob("out*"))
    assert not site.lock.exists()
