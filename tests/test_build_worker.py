from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from doit.exceptions import TaskFailed
from jupyterlite_core.manager import LiteManager

import jupyterlite_asgi
from jupyterlite_asgi.build import worker as worker_module
from jupyterlite_asgi.build.addon import AsgiAddon
from jupyterlite_asgi.build.worker import patch, state, strip, write_alone

WORKER = "self.addEventListener('fetch', event => undefined);\n// café\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The output of a build, with a service worker like JupyterLite's."""
    script = Path(jupyterlite_asgi.__file__).parent / "static" / "worker.js"
    assert script.is_file(), "the service worker's script is not built yet: run `make build`"
    (tmp_path / "service-worker.js").write_text(WORKER, "utf-8")
    return tmp_path


def worker_of(site: Path) -> str:
    return (site / "service-worker.js").read_text("utf-8")


def failed(site: Path, phase: str) -> str | None:
    """Run the only task of a phase; return the message if it failed."""
    manager = LiteManager(lite_dir=site, output_dir=site)
    (task,) = getattr(AsgiAddon(manager=manager), phase)(manager)
    ((function, arguments),) = task["actions"]
    result = function(*arguments)
    assert isinstance(result, TaskFailed | None)
    return result.message if result else None


def run(site: Path, phase: str) -> dict[str, Any]:
    """Run the only task of a phase, as doit does, unless it is up to date."""
    manager = LiteManager(lite_dir=site, output_dir=site)
    (task,) = getattr(AsgiAddon(manager=manager), phase)(manager)
    if not any(fresh() for fresh in task.get("uptodate", [])):
        for action in task["actions"]:
            function, arguments = action if isinstance(action, tuple) else (action, [])
            function(*arguments)
    assert isinstance(task, dict)
    return task


def node(site: Path) -> subprocess.CompletedProcess[str]:
    command = shutil.which("node")
    assert command, "the tests need Node.js"
    return subprocess.run(
        [command, str(site / "service-worker.js")], capture_output=True, text=True, check=False
    )


def test_script_comes_before_jupyterlites_worker(site: Path) -> None:
    run(site, "post_build")
    text = worker_of(site)
    assert text.startswith("/* jupyterlite-asgi: begin */\ntry {\n")
    assert text.endswith(f"/* jupyterlite-asgi: end */\n{WORKER}")
    assert "stopImmediatePropagation" in text


def test_second_run_changes_nothing(site: Path) -> None:
    run(site, "post_build")
    once = worker_of(site)
    run(site, "post_build")
    assert worker_of(site) == once


def test_task_is_up_to_date_after_a_build(site: Path) -> None:
    (fresh,) = run(site, "post_build")["uptodate"]
    assert fresh()
    (site / "service-worker.js").write_text(WORKER, "utf-8")
    assert not fresh()


def test_older_script_is_replaced(site: Path) -> None:
    older = "/* jupyterlite-asgi: begin */\nold();\n/* jupyterlite-asgi: end */\n"
    (site / "service-worker.js").write_text(older + WORKER, "utf-8")
    run(site, "post_build")
    text = worker_of(site)
    assert "old();" not in text
    assert text.count("jupyterlite-asgi: begin") == 1
    assert text.endswith(WORKER)


def test_strip_restores_jupyterlites_worker(site: Path) -> None:
    assert strip(WORKER) == WORKER
    run(site, "post_build")
    assert strip(worker_of(site)) == WORKER


def test_check_passes_after_a_build(site: Path) -> None:
    run(site, "post_build")
    assert failed(site, "check") is None


def test_unwritable_worker_is_reported(site: Path) -> None:
    worker = site / "service-worker.js"
    worker.unlink()
    worker.mkdir()
    assert (failed(site, "post_build") or "").startswith(
        "The site's service-worker.js cannot be changed (Is a directory): build the site with"
    )


def test_interrupted_write_leaves_the_worker_as_it_was(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(part: Path, path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", replace)
    assert "cannot be changed (No space left on device)" in (failed(site, "post_build") or "")
    assert worker_of(site) == WORKER
    assert [path.name for path in site.iterdir()] == ["service-worker.js"]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (WORKER, "missing"),
        (
            f"/* jupyterlite-asgi: begin */\nold();\n/* jupyterlite-asgi: end */\n{WORKER}",
            "outdated",
        ),
    ],
)
def test_check_says_what_is_wrong(text: str, state: str, site: Path) -> None:
    (site / "service-worker.js").write_text(text, "utf-8")
    assert failed(site, "check") == (
        f"The jupyterlite-asgi script in service-worker.js is {state}: run `jupyter lite build`."
    )


def test_check_reports_a_missing_worker(site: Path) -> None:
    (site / "service-worker.js").unlink()
    assert "service-worker.js is missing" in (failed(site, "check") or "")


def test_status_prints_the_state(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(site, "status")
    run(site, "post_build")
    run(site, "status")
    assert capsys.readouterr().out.split() == [
        *("script", "in", "service-worker.js:", "missing"),
        *("script", "in", "service-worker.js:", "current"),
    ]


def test_addon_is_registered_with_jupyterlite() -> None:
    (point,) = entry_points(group="jupyterlite.addon.v0", name="asgi")
    assert point.load() is AsgiAddon


@pytest.fixture
def broken(site: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Builds a site with another script of ours; JupyterLite's part of the worker prints a line."""

    def build(script: str) -> Path:
        (tmp := site / "package" / "static").mkdir(parents=True)
        (tmp / "worker.js").write_text(script, "utf-8")
        monkeypatch.setattr(worker_module, "files", lambda package: tmp.parent)
        # Node runs the worker, and the tests compare what it prints.
        (site / "service-worker.js").write_text(
            "process.stdout.write('JupyterLite runs\\n');\n", "utf-8"
        )
        run(site, "post_build")
        return site

    return build


def test_exception_of_the_script_is_logged_and_jupyterlites_worker_runs(
    broken: Callable[[str], Path],
) -> None:
    done = node(broken('"use strict";\n(() => {\n  throw new Error("of ours");\n})();\n'))
    assert done.returncode == 0
    assert done.stdout == "JupyterLite runs\n"
    assert "Error: of ours" in done.stderr


def test_names_of_the_script_do_not_clash_with_jupyterlites(broken: Callable[[str], Path]) -> None:
    site = broken("const cache = 1;\nlet scope = 2;\n")
    worker = site / "service-worker.js"
    worker.write_text(worker.read_text("utf-8") + "const cache = 3;\nlet scope = 4;\n", "utf-8")
    assert node(site).stdout == "JupyterLite runs\n"


def test_script_may_end_in_a_comment(broken: Callable[[str], Path]) -> None:
    done = node(broken("// no line break at the end"))
    assert (done.stdout, done.stderr) == ("JupyterLite runs\n", "")


def test_built_script_adds_no_globals(site: Path) -> None:
    run(site, "post_build")
    patched = worker_of(site).removesuffix(WORKER)
    names = "Object.getOwnPropertyNames(globalThis)"
    # Prints the events that the script listens to, and how many globals it adds.
    script = f"""const print = text => process.stdout.write(`${{text}}\\n`);
globalThis.self = {{ addEventListener: print }};
const before = {names}.length;
{patched}
print({names}.length - before);
"""
    (site / "service-worker.js").write_text(script, "utf-8")
    done = node(site)
    assert (done.stdout, done.stderr) == ("fetch\nfetch\ninstall\nactivate\n0\n", "")


def publish(site: Path, **titles: str) -> None:
    """Write the manifests of published apps, beside a table of CDN files."""
    folder = site / "static" / "asgi"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "assets.json").write_text("{}", "utf-8")
    for name, title in titles.items():
        manifest = {"format": 1, "name": name, "title": title, "icon": "", "build": "0123"}
        (folder / f"{name}.json").write_text(json.dumps(manifest), "utf-8")


def constant(site: Path, name: str) -> str:
    prefix = f"const jupyterliteAsgi{name} = "
    (line,) = (line for line in worker_of(site).splitlines() if line.startswith(prefix))
    return line.removeprefix(prefix)


def test_published_apps_are_listed_by_name(site: Path) -> None:
    publish(site, shop="The “shop”", blog="A </script> blog")
    patch(site / "service-worker.js")
    assert constant(site, "Published") == (
        r'{"blog": {"title": "A </script> blog"}, "shop": {"title": "The \u201cshop\u201d"}};'
    )


def test_list_links_to_jupyterlab_once_the_site_has_it(site: Path) -> None:
    publish(site, shop="Shop", blog="A blog")
    worker = site / "service-worker.js"
    patch(worker)
    found = json.loads(constant(site, "List").removesuffix(";"))
    assert [name for name, _ in found["links"]] == ["blog", "shop"]
    assert "JupyterLab" not in found["tail"]
    page = site / "lab" / "index.html"
    page.parent.mkdir()
    page.touch()
    assert state(worker) == "outdated"
    patch(worker)
    assert '<a href=\\"../lab/index.html\\">Open JupyterLab</a>' in constant(site, "List")


def test_worker_knows_whether_the_site_has_notebooks(site: Path) -> None:
    worker = site / "service-worker.js"
    patch(worker)
    assert constant(site, "Notebooks") == "false;"
    (site / "jupyter-lite.json").touch()
    assert state(worker) == "outdated"
    patch(worker)
    assert constant(site, "Notebooks") == "true;"


def test_site_without_published_apps_has_an_empty_list(site: Path) -> None:
    patch(site / "service-worker.js")
    assert (constant(site, "Published"), constant(site, "List")) == ("{};", "null;")
    publish(site)
    assert state(site / "service-worker.js") == "current"


def test_worker_is_outdated_once_another_app_is_published(site: Path) -> None:
    worker = site / "service-worker.js"
    publish(site, shop="Shop")
    patch(worker)
    assert state(worker) == "current"
    publish(site, blog="Blog")
    assert state(worker) == "outdated"


def test_site_without_jupyterlite_has_our_script_alone(site: Path) -> None:
    worker = site / "service-worker.js"
    worker.unlink()
    publish(site, shop="Shop")
    write_alone(worker)
    assert state(worker) == "current"
    assert strip(worker_of(site)) == ""
    assert constant(site, "Published") == '{"shop": {"title": "Shop"}};'
    write_alone(worker)
    assert state(worker) == "current"
