"""Files that pages load from a CDN: the build bundles them, and lists them for the worker."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doit.exceptions import TaskFailed
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from jupyterlite_core.manager import LiteManager

from jupyterlite_asgi.build.addon import AsgiAddon
from jupyterlite_asgi.build.cdn.addon import AssetsAddon
from jupyterlite_asgi.build.cdn.files import SETS, read
from jupyterlite_asgi.build.errors import BuildError

from .support.fake_index import make, put_pyodide, put_release, serving

JSDELIVR = "https://cdn.jsdelivr.net/npm"
CHART = f"{JSDELIVR}/chart@2/dist/chart.js"
NOWHERE = "http://127.0.0.1:1"


class Lite:
    """A built site, and a registry with several releases of one package."""

    def __init__(self, tmp: Path, url: str) -> None:
        self.tmp, self.url = tmp, url
        self.index, self.out = tmp / "index", tmp / "out"
        self.lock = tmp / "asgi-lock.json"
        self.out.mkdir()
        (self.out / "jupyter-lite.json").write_text("{}", "utf-8")
        (self.out / "service-worker.js").write_text("", "utf-8")
        for version in ("1.9.0", "2.0.9", "2.0.10"):
            self.put(version, "latest" if version == "1.9.0" else "")
        self.put("2.1.0-beta.1", "next")

    def put(self, version: str, tag: str = "") -> Path:
        files = {"dist/chart.js": f"chart {version}", "LICENSE": "free", "dist/other.js": "other"}
        files["dist/chart.js.LICENSE.txt"] = "parts are free"
        return put_release(self.index, "chart", version, tag, **files)

    def run(self, phase: str = "post_build", **options: Any) -> str | None:
        """Run the tasks of a phase in order; return the message if one failed."""
        manager = LiteManager(lite_dir=self.tmp, output_dir=self.out)
        places = {"index_url": f"{self.url}/simple/", "npm_registry": self.url}
        addon = AsgiAddon(manager=manager, **places, distribution_url="", **options)
        for task in getattr(addon, phase)(manager):
            for action in task["actions"]:
                function, arguments = action if isinstance(action, tuple) else (action, [])
                if isinstance(failed := function(*arguments), TaskFailed):
                    return str(failed.message)
        return None

    @property
    def assets(self) -> dict[str, str]:
        """The worker's list of files, by URL."""
        head = (self.out / "service-worker.js").read_text("utf-8").split(";\n", 1)[0]
        assets = json.loads(head.partition("const jupyterliteAsgiAssets = ")[2])
        assert isinstance(assets, dict)
        return assets

    def text(self, url: str) -> str:
        """The file that the worker serves for ``url``."""
        return (self.out / self.assets[url]).read_text("utf-8")


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Lite]:
    (tmp_path / "index").mkdir()
    with serving(tmp_path / "index") as url:
        yield Lite(tmp_path, url)


def test_listed_files_are_put_into_the_site(lite: Lite) -> None:
    assert lite.run(assets=[CHART]) is None
    assert lite.assets == {CHART: "static/asgi/chart@2.0.10/dist/chart.js"}
    assert lite.text(CHART) == "chart 2.0.10"
    folder = lite.out / "static" / "asgi"
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    licences = ["chart@2.0.10/LICENSE", "chart@2.0.10/dist/chart.js.LICENSE.txt"]
    assert files == sorted(["assets.json", "chart@2.0.10/dist/chart.js", *licences])


@pytest.mark.parametrize(
    ("url", "version"),
    [
        (f"{JSDELIVR}/chart/dist/chart.js", "1.9.0"),
        (f"{JSDELIVR}/chart@latest/dist/chart.js", "1.9.0"),
        (f"{JSDELIVR}/chart@2.0/dist/chart.js", "2.0.10"),
        (f"{JSDELIVR}/chart@2.0.9/dist/chart.js", "2.0.9"),
        ("https://unpkg.com/chart@next/dist/chart.js", "2.1.0-beta.1"),
        ("https://unpkg.com/chart@2.1.0-beta.1/dist/chart.js", "2.1.0-beta.1"),
    ],
)
def test_release_is_the_one_that_the_url_means(lite: Lite, url: str, version: str) -> None:
    assert lite.run(assets=[url]) is None
    assert lite.text(url) == f"chart {version}"


def test_scoped_package_is_found(lite: Lite) -> None:
    put_release(lite.index, "@group/chart", "1.0.0", **{"chart.js": "the group's"})
    url = f"{JSDELIVR}/@group/chart@1/chart.js"
    assert lite.run(assets=[url, CHART]) is None
    assert (lite.text(url), lite.text(CHART)) == ("the group's", "chart 2.0.10")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://example.org/a.js", "https://example.org/a.js is not an npm file: use the URL"),
        (f"{JSDELIVR}/chart@2", f"{JSDELIVR}/chart@2 is not an npm file: use the URL"),
        (f"{JSDELIVR}/chart@2/../a.js", f"{JSDELIVR}/chart@2/../a.js is not an npm file"),
        (f"{JSDELIVR}/chart@2/é.js", f"{JSDELIVR}/chart@2/é.js is not an npm file: use the URL"),
        (f"{JSDELIVR}/gone@1/a.js", "There is no gone at {url}: check its name."),
        (
            f"{JSDELIVR}/chart@3/a.js",
            "There is no chart 3 at {url}: choose a version that exists, such as 5, 5.1 or 5.1.0.",
        ),
        (
            f"{JSDELIVR}/chart@2/a.js",
            "There is no a.js in chart@2.0.10: choose a file that exists.",
        ),
    ],
)
def test_unavailable_file_stops_the_build(lite: Lite, url: str, sentence: str) -> None:
    assert (lite.run(assets=[url]) or "").startswith(sentence.format(url=lite.url))
    assert not lite.lock.exists()
    assert not list((lite.out / "static").glob("*"))
    assert not (lite.out / "jupyter-lite.json").exists()


def test_locked_releases_are_kept_and_need_no_registry(lite: Lite) -> None:
    lite.run(assets=[CHART])
    before = lite.lock.read_bytes()
    lite.put("2.2.0")
    there, lite.url = lite.url, NOWHERE
    assert lite.run(assets=[CHART]) is None
    assert lite.text(CHART) == "chart 2.0.10"
    assert lite.lock.read_bytes() == before
    lite.url = there
    assert lite.run(assets=[CHART], update=True) is None
    assert lite.text(CHART) == "chart 2.2.0"
    assert not (lite.out / "static/asgi/chart@2.0.10").exists()


def test_archive_with_another_hash_is_an_error_and_keeps_the_last_build(lite: Lite) -> None:
    lite.run(assets=[CHART])
    shutil.rmtree(lite.tmp / ".cache", ignore_errors=True)
    put_release(lite.index, "chart", "2.0.10", **{"dist/chart.js": "evil"})
    assert lite.run(assets=[CHART]) == (
        "The SHA-512 of chart-2.0.10.tgz does not match: if you trust the registry, remove "
        "the lock file."
    )
    assert lite.text(CHART) == "chart 2.0.10"


def test_answer_that_is_not_of_a_registry_is_reported(lite: Lite) -> None:
    (lite.index / "chart" / "_packument.json").write_text("<html>Sign in</html>", "utf-8")
    assert lite.run(assets=[CHART]) == (
        f"{lite.url} does not respond as an npm registry does: try again with another network "
        "or registry."
    )


def test_files_of_an_earlier_build_are_removed(lite: Lite) -> None:
    lite.run(assets=[CHART])
    assert lite.run(assets=[]) is None
    assert lite.assets == {}
    assert not (lite.out / "static" / "asgi").exists()
    assert "assets" not in json.loads(lite.lock.read_text("utf-8"))


def test_check_and_status_report_missing_files(
    lite: Lite, capsys: pytest.CaptureFixture[str]
) -> None:
    lite.run(assets=[CHART])
    assert lite.run("check", assets=[CHART]) is None
    lite.run("status", assets=[CHART])
    assert "static/asgi: none\n" in capsys.readouterr().out
    (lite.out / lite.assets[CHART]).write_text("", "utf-8")
    assert "static/asgi: chart@2.0.10/dist/chart.js;" in (lite.run("check", assets=[CHART]) or "")
    lite.run("status", assets=[CHART])
    assert "static/asgi: chart@2.0.10/dist/chart.js\n" in capsys.readouterr().out


def test_check_fails_for_a_worker_with_another_list(lite: Lite) -> None:
    lite.run(assets=[CHART])
    worker = lite.out / "service-worker.js"
    worker.write_text(worker.read_text("utf-8").replace(CHART, CHART.upper()), "utf-8")
    assert (lite.run("check") or "").startswith(
        "The jupyterlite-asgi script in service-worker.js is outdated"
    )


class TestByDefault:
    """What a site gets without the option ``assets``."""

    @pytest.fixture(autouse=True)
    def _packages(self, lite: Lite, monkeypatch: pytest.MonkeyPatch) -> None:
        kernel = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
        for name in kernel:
            make(lite.index, name.replace("-", "_"), "1")
        make(lite.index, "fastapi", "1")
        make(lite.index, "shop", "1", "fastapi")
        put_pyodide(lite.tmp / "core")
        monkeypatch.setitem(SETS, "fastapi", {CHART: "", "https://a.org/icon": "blank.svg"})

    def test_site_with_fastapi_and_pyodide_has_the_files_of_fastapis_pages(
        self, lite: Lite
    ) -> None:
        assert lite.run(packages=["shop"], pyodide="core") is None
        assert lite.text(CHART) == "chart 2.0.10"
        assert lite.text("https://a.org/icon").startswith("<svg")
        assert lite.run("check", packages=["shop"], pyodide="core") is None

    def test_site_without_either_has_none(
        self, lite: Lite, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lite.run(packages=["shop"], pyodide="core")
        lite.run(packages=["comm"], pyodide="core")
        assert lite.assets == {}
        lite.run(packages=["shop"], pyodide="core")
        put_pyodide(lite.index / "full")
        monkeypatch.setattr(AssetsAddon, "_pyodide", lambda _: f"{lite.url}/full/x")
        lite.run(packages=["shop"])
        assert lite.assets == {}

    def test_option_can_list_none_or_more(self, lite: Lite) -> None:
        options: dict[str, Any] = {"packages": ["shop"], "pyodide": "core"}
        lite.run(**options, assets=[])
        assert lite.assets == {}
        more = f"{JSDELIVR}/chart@1/dist/other.js"
        lite.run(**options, assets=["fastapi", more])
        assert list(lite.assets) == [CHART, "https://a.org/icon", more]

    def test_resolving_packages_again_keeps_the_locked_files(self, lite: Lite) -> None:
        lite.run(packages=["shop"], pyodide="core")
        lite.put("2.2.0")
        make(lite.index, "more", "1")
        lite.run(packages=["shop", "more"], pyodide="core")
        assert lite.text(CHART) == "chart 2.0.10"

    def test_site_is_built_without_the_files_if_the_registry_lacks_them(
        self, lite: Lite, capsys: pytest.CaptureFixture[str]
    ) -> None:
        options: dict[str, Any] = {"packages": ["shop"], "pyodide": "core"}
        shutil.rmtree(lite.index / "chart")
        assert lite.run(**options) is None
        assert "check its name. Until then, apps' pages load these files" in capsys.readouterr().out
        assert lite.assets == {}
        assert "There is no chart" in (lite.run(**options, assets=["fastapi"]) or "")


def test_every_url_in_fastapis_pages_is_covered() -> None:
    pages = [
        get_swagger_ui_html(openapi_url="/openapi.json", title="Shop"),
        get_redoc_html(openapi_url="/openapi.json", title="Shop"),
    ]
    html = "".join(bytes(page.body).decode() for page in pages)
    named = {part.split('"')[0] for part in html.split('"https://')[1:]}
    assert {f"https://{rest}" for rest in named} <= set(SETS["fastapi"])
    list(read(["fastapi"]))


def test_unknown_name_is_reported() -> None:
    with pytest.raises(
        BuildError, match=r"fastpi is not an npm file: .*one of these names: fastapi\."
    ):
        list(read(["fastpi"]))
