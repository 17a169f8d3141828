from __future__ import annotations

import json
import random
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyterlite_asgi.build.bundle import site as site_module
from jupyterlite_asgi.build.bundle.pyodide import CORE
from jupyterlite_asgi.build.bundle.requirements import read, wheel_files
from jupyterlite_asgi.build.bundle.site import Order, bundle, faults
from jupyterlite_asgi.build.bundle.wheels import imports, requires_dist, strip
from jupyterlite_asgi.build.errors import BuildError
from jupyterlite_asgi.build.files import digest

from .fake_index import LINUX, PURE, WASM, make, put_archive, put_npm, put_pyodide, serving

NOWHERE = "http://127.0.0.1:1"


class Site:
    """The surroundings of a build: an index, a cache, the folders that it reads and writes."""

    def __init__(self, tmp: Path, url: str) -> None:
        self.tmp, self.url = tmp, url
        self.index, self.own, self.pyodide = tmp / "index", tmp / "own", tmp / "pyodide"
        self.lock = tmp / "lock.json"
        self.output: list[str] = []
        self.packages: dict[str, Any] = {}

    def put(self, name: str, version: str, *requires: str, tag: str = PURE, **files: str) -> Path:
        return make(self.index, name, version, *requires, tag=tag, **files)

    def build(
        self,
        *requirements: str,
        dest: str = "out",
        pyodide: str | Path | None = None,
        preload: tuple[str, ...] = (),
        update: bool = False,
        needed: tuple[str, ...] = (),
        without: tuple[str, ...] = (),
    ) -> list[str]:
        order = Order(
            asked=requirements,
            wheels=sorted(self.own.glob("*.whl")),
            pyodide=pyodide or put_pyodide(self.pyodide, self.packages),
            preload=preload,
            lock_file=self.lock,
            cache=self.tmp / "cache",
            index_url=f"{self.url}/simple",
            registry=self.url,
            distribution=f"{self.url}/full-{{version}}/" if self.url != NOWHERE else "",
            update=update,
            say=self.output.append,
            needed=needed,
            without=without,
        )
        bundle(order, self.tmp / dest)
        return sorted(path.name for path in (self.tmp / dest).glob("*.whl"))

    def error(self, *requirements: str, **options: Any) -> str:
        with pytest.raises(BuildError) as caught:
            self.build(*requirements, **options)
        return str(caught.value)


def entry_of(path: Path, version: str, *depends: str) -> dict[str, Any]:
    """The entry of a file in Pyodide's lock file."""
    entry: dict[str, Any] = {"file_name": path.name, "sha256": digest(path)}
    return entry | {"version": version, "depends": list(depends)}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "index"
    folder.mkdir()
    with serving(folder) as url:
        yield Site(tmp_path, url)


def test_markers_are_evaluated_for_pyodide(site: Site) -> None:
    for name in ("wasm", "here", "linux", "old", "x86"):
        site.put(name, "1")
    site.put(
        "app",
        "1",
        'wasm; sys_platform == "emscripten" and platform_machine == "wasm32"',
        'here; platform_system == "Emscripten" and python_version >= "3.14"',
        'linux; sys_platform == "linux"',
        'old; python_version < "3.14"',
        'x86; platform_machine == "x86_64"',
    )
    assert site.build("app", 'linux; os_name == "nt"') == [
        f"{name}-1-{PURE}.whl" for name in ("app", "here", "wasm")
    ]


def test_wheel_for_pyodide_is_preferred_to_a_pure_one(site: Site) -> None:
    for tag in (PURE, LINUX, "cp39-abi3-pyemscripten_2026_0_wasm32", WASM):
        site.put("core", "1", tag=tag)
    assert site.build("core") == [f"core-1-{WASM}.whl"]


def test_error_names_the_chain_of_requirements(site: Site) -> None:
    site.put("fast", "2.0", tag=LINUX)
    for version in ("1", "2"):
        site.put("web", version, 'fast>=1; sys_platform != "win32"')
    site.put("app", "1", "web")
    assert site.error("app") == (
        "fast 2.0 has no wheel that runs in Pyodide (app 1 → web 2 → fast>=1): "
        "leave out what requires it, name it in `without`, or add your own wheel."
    )
    assert not (site.tmp / "out").exists()
    assert not site.lock.exists()


def test_packages_in_without_are_left_out(site: Site) -> None:
    site.put("fast_parser", "2.0", tag=LINUX)
    site.put("app", "1", "Fast.Parser>=1")
    assert "has no wheel that runs in Pyodide" in site.error("app")
    built = site.build("app", without=("Fast_Parser",))
    assert built == [f"app-1-{PURE}.whl"]
    site.url = NOWHERE
    assert site.build("app", without=("fast-parser",)) == built


def test_package_removed_from_without_is_resolved(site: Site) -> None:
    site.put("lib", "1")
    site.put("app", "1", "lib")
    assert site.build("app", without=("lib",)) == [f"app-1-{PURE}.whl"]
    assert site.build("app") == [f"app-1-{PURE}.whl", f"lib-1-{PURE}.whl"]


def test_error_names_the_version_that_cannot_run(site: Site) -> None:
    site.put("fast", "2", tag=LINUX)
    site.put("fast", "1", tag=WASM)
    site.put("app", "1", "fast==2")
    assert "fast 2 has no wheel that runs in Pyodide (app 1 → fast==2)" in site.error("app")


def test_error_names_the_first_package_that_cannot_run(site: Site) -> None:
    site.put("watch", "1.3", tag=LINUX)
    site.put("watch", "0.0a1")
    for version in ("1", "2"):
        site.put("app", version, "watch>=0.2")
    assert "watch 1.3 has no wheel that runs in Pyodide (app 2 → watch>=0.2)" in site.error("app")


def test_prerelease_is_taken_if_nothing_else_runs(site: Site) -> None:
    site.put("watch", "1.3", tag=LINUX)
    site.put("watch", "1.4b1")
    site.put("app", "1", "watch>=1.2")
    assert site.build("app") == [f"app-1-{PURE}.whl", f"watch-1.4b1-{PURE}.whl"]
    assert site.build("watch") == [f"watch-1.4b1-{PURE}.whl"]


def test_older_version_that_runs_is_taken_and_reported(site: Site) -> None:
    site.put("core", "2", tag=LINUX)
    site.put("core", "1", tag=WASM)
    for version in ("1", "2"):
        site.put("model", version, f"core=={version}")
    assert site.build("model") == [f"core-1-{WASM}.whl", f"model-1-{PURE}.whl"]
    assert [line.split("KiB  ")[-1] for line in site.output if "available" in line] == [
        "core 1 (2 is available)",
        "model 1 (2 is available)",
    ]


def test_pyodides_distribution_is_suggested_and_used(site: Site) -> None:
    wheel = make(site.pyodide, "numpy", "2.4", tag=WASM)
    site.put("numpy", "3.0", tag=LINUX)
    blas = site.pyodide / "openblas-0.3.zip"
    blas.write_bytes(b"shared")
    site.packages["openblas"] = entry_of(blas, "0.3") | {"package_type": "shared_library"}
    site.packages["numpy"] = entry_of(wheel, "2.4", "openblas") | {"imports": ["numpy", "np"]}
    wheel.rename(site.tmp / wheel.name)
    assert site.error("numpy").endswith(
        "use a folder or archive of Pyodide, whose distribution has 2.4."
    )
    (site.tmp / wheel.name).rename(wheel)
    assert site.build("numpy") == [wheel.name]
    lock = json.loads((site.tmp / "out/pyodide-lock.json").read_text())
    assert lock["packages"]["numpy"]["imports"] == ["numpy", "np"]
    assert lock["packages"]["numpy"]["depends"] == ["openblas"]
    assert lock["packages"]["openblas"]["package_type"] == "shared_library"
    assert (site.tmp / "out" / blas.name).read_bytes() == b"shared"


def test_packages_of_the_kernel_have_pyodides_versions(site: Site) -> None:
    for version in ("1", "2"):
        for name in ("shell", "editor", "user"):
            site.put(name, version, *(["editor"] if name == "shell" else []))
    entry = {"file_name": "none.whl", "version": "1", "sha256": "", "depends": ["Editor"]}
    site.packages = {"Shell": entry, "editor": entry | {"depends": []}, "user": entry}
    built = site.build("user", needed=("shell",))
    assert built == [f"editor-1-{PURE}.whl", f"shell-1-{PURE}.whl", f"user-2-{PURE}.whl"]


def test_own_wheel_takes_precedence(site: Site) -> None:
    site.put("lib", "2")
    make(site.own, "lib", "1")
    assert site.build("lib") == [f"lib-1-{PURE}.whl"]
    assert site.build("lib>1") == [f"lib-2-{PURE}.whl"]


def test_own_wheel_for_another_platform_is_an_error(site: Site) -> None:
    wheel = make(site.own, "lib", "1", tag=LINUX)
    assert site.error("lib").startswith(f"{wheel.name} is for another platform")


def test_rebuilt_own_wheel_is_locked_again(site: Site) -> None:
    make(site.own, "lib", "1")
    site.build("lib")
    wheel = make(site.own, "lib", "1", **{"lib/__init__.py": "new = True"})
    site.build("lib")
    assert digest(wheel) in site.lock.read_text()


@pytest.mark.parametrize(
    ("requirements", "sentence"),
    [
        (["nothing"], "nothing is in neither the index nor a folder (nothing): check its name."),
        (["app"], "gone is in neither the index nor a folder (app 1 → gone): check its name."),
        (["lib>9"], "No version of lib meets all requirements (lib>9): loosen one of them."),
        (
            ["user", "lib<2"],
            "No version of lib meets all requirements (lib<2; user 1 → lib>=2): loosen one",
        ),
    ],
)
def test_conflict_is_explained_in_a_sentence(
    site: Site, requirements: list[str], sentence: str
) -> None:
    site.put("app", "1", "gone")
    site.put("user", "1", "lib>=2")
    for version in ("1", "2"):
        site.put("lib", version)
    assert site.error(*requirements).startswith(sentence)


def test_extras_are_resolved_and_merged(site: Site) -> None:
    site.put("app", "1", 'form; extra == "all"', "base")
    site.put("form", "1")
    site.put("base", "1")
    assert len(site.build("app[all]")) == 3
    lock = json.loads((site.tmp / "out/pyodide-lock.json").read_text())
    assert lock["packages"]["app"]["depends"] == ["base", "form"]


def test_yanked_prereleased_and_incompatible_versions_are_skipped(site: Site) -> None:
    for version in ("1", "2", "3", "4rc1"):
        site.put("lib", version)
    (site.index / "_index.json").write_text(
        json.dumps(
            {
                f"lib-2-{PURE}.whl": {"yanked": "broken"},
                f"lib-3-{PURE}.whl": {"requires-python": ">=3.15"},
            }
        )
    )
    assert site.build("lib") == [f"lib-1-{PURE}.whl"]
    assert site.build("lib>=4rc1") == [f"lib-4rc1-{PURE}.whl"]


def test_optional_compiled_part_is_removed(site: Site) -> None:
    files = {"markupsafe/__init__.py": "", "markupsafe/_speedups.so": "x"}
    wheel = site.put("markupsafe", "3", tag=LINUX, **files)
    assert site.build("markupsafe") == [f"markupsafe-3-{PURE}.whl"]
    pure = site.tmp / "out" / f"markupsafe-3-{PURE}.whl"
    with zipfile.ZipFile(pure) as archive:
        assert "markupsafe/_speedups.so" not in archive.namelist()
        assert archive.read("markupsafe-3.dist-info/WHEEL").decode() == (
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        assert b"_speedups" not in archive.read("markupsafe-3.dist-info/RECORD")
    strip(wheel, site.tmp / "again.whl")
    assert digest(pure) == digest(site.tmp / "again.whl")


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
    entry = {"file_name": "yaml-1.whl", "version": "1", "sha256": "", "depends": []}
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


def test_requirements_are_read_from_options_and_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "more.txt").write_text("jinja2==3.1 # pinned\n\n-r ../last.txt\n")
    (tmp_path / "last.txt").write_text("# none\nhttpx[brotli]>=0.28; python_version>'3'\n")
    assert list(read(["fastapi", "--requirement=sub/more.txt"], tmp_path)) == [
        "fastapi",
        "jinja2==3.1",
        "httpx[brotli]>=0.28; python_version>'3'",
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("a b", "`a b` is not a requirement (Expected semicolon"),
        ("lib @ https://a.org/lib.whl", "`lib @ https://a.org/lib.whl` is a URL: download that"),
        ("--hash=sha256:0", "`--hash=sha256:0` is an option of pip: use only requirements and"),
        ("-r none.txt", "{tmp}/none.txt cannot be read: use a text file of requirements."),
        ("-r self.txt", "self.txt includes itself: remove that `-r` from it."),
    ],
)
def test_invalid_requirement_is_reported(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "self.txt").write_text("-r self.txt")
    with pytest.raises(BuildError) as caught:
        list(read([line], tmp_path))
    assert str(caught.value).startswith(sentence.format(tmp=tmp_path))


def test_wheels_can_be_files_or_folders(tmp_path: Path) -> None:
    one, two = make(tmp_path, "one", "1"), make(tmp_path / "sub", "two", "1")
    assert wheel_files([one.name, "sub"], tmp_path) == [one, two]
    with pytest.raises(
        BuildError, match=r"There is no wheel at .*none: name a \.whl file or a folder"
    ):
        wheel_files(["none"], tmp_path)
