"""Which versions and wheels are chosen, and how errors explain it."""

from __future__ import annotations

import json
import zipfile

import pytest

from jupyterlite_asgi.build.bundle.wheels import strip
from jupyterlite_asgi.build.files import digest

from ..support.bundle_site import NOWHERE, Site, entry_of
from ..support.fake_index import LINUX, PURE, WASM, make


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


def test_required_package_in_without_is_left_out(site: Site) -> None:
    site.put("app", "1")
    assert site.build("app", "no-wheel", without=("no-wheel",)) == [f"app-1-{PURE}.whl"]


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
    entry = {"file_name": "none.whl", "version": "1", "sha256": "0" * 64, "depends": ["Editor"]}
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
