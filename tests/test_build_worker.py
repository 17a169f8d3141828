from __future__ import annotations

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
from jupyterlite_asgi.build.worker import strip

WORKER = "self.addEventListener('fetch', event => undefined);\n// café\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The output of a build, with a service worker as JupyterLite makes it."""
    script = Path(jupyterlite_asgi.__file__).parent / "static" / "worker.js"
    assert script.is_file(), "the service worker's script is not built yet: run `make build`"
    (tmp_path / "service-worker.js").write_text(WORKER, "utf-8")
    return tmp_path


def worker_of(site: Path) -> str:
    return (site / "service-worker.js").read_text("utf-8")


def failed(site: Path, phase: str) -> str | None:
    """Run the one task of a phase, and return why it failed."""
    manager = LiteManager(lite_dir=site, output_dir=site)
    (task,) = getattr(AsgiAddon(manager=manager), phase)(manager)
    ((function, arguments),) = task["actions"]
    result = function(*arguments)
    assert isinstance(result, TaskFailed | None)
    return result.message if result else None


def run(site: Path, phase: str) -> dict[str, Any]:
    """Run the one task of a phase as doit does: its actions, and only if it is not up to date."""
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


def test_script_is_at_the_head_and_the_worker_behind_it(site: Path) -> None:
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


def test_built_worker_is_up_to_date(site: Path) -> None:
    (fresh,) = run(site, "post_build")["uptodate"]
    assert fresh()
    (site / "service-worker.js").write_text(WORKER, "utf-8")
    assert not fresh()


def test_older_script_gives_way(site: Path) -> None:
    older = "/* jupyterlite-asgi: begin */\nold();\n/* jupyterlite-asgi: end */\n"
    (site / "service-worker.js").write_text(older + WORKER, "utf-8")
    run(site, "post_build")
    text = worker_of(site)
    assert "old();" not in text
    assert text.count("jupyterlite-asgi: begin") == 1
    assert text.endswith(WORKER)


def test_strip_gives_the_worker_back(site: Path) -> None:
    assert strip(WORKER) == WORKER
    run(site, "post_build")
    assert strip(worker_of(site)) == WORKER


def test_check_passes_on_what_was_built(site: Path) -> None:
    run(site, "post_build")
    assert failed(site, "check") is None


def test_a_worker_that_cannot_be_written_is_told(site: Path) -> None:
    worker = site / "service-worker.js"
    worker.unlink()
    worker.mkdir()
    assert (failed(site, "post_build") or "").startswith(
        "The site's service-worker.js cannot be changed (Is a directory): build it with"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (WORKER, "service-worker.js has no script of jupyterlite-asgi: run `jupyter lite build`."),
        (
            f"/* jupyterlite-asgi: begin */\nold();\n/* jupyterlite-asgi: end */\n{WORKER}",
            "service-worker.js has another script of jupyterlite-asgi: run `jupyter lite build`.",
        ),
    ],
)
def test_check_fails_with_what_is_wrong(text: str, sentence: str, site: Path) -> None:
    (site / "service-worker.js").write_text(text, "utf-8")
    assert failed(site, "check") == sentence


def test_check_of_a_site_without_a_worker(site: Path) -> None:
    (site / "service-worker.js").unlink()
    assert "has no script of jupyterlite-asgi" in (failed(site, "check") or "")


def test_status_tells_the_state(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(site, "status")
    run(site, "post_build")
    run(site, "status")
    assert capsys.readouterr().out.split() == [
        *("service-worker.js:", "no"),
        *("service-worker.js:", "current"),
    ]


def test_addon_is_known_to_jupyterlite() -> None:
    (point,) = entry_points(group="jupyterlite.addon.v0", name="asgi")
    assert point.load() is AsgiAddon


@pytest.fixture
def broken(site: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Builds a site with another script of ours, whose worker prints that it runs."""

    def build(script: str) -> Path:
        (tmp := site / "package" / "static").mkdir(parents=True)
        (tmp / "worker.js").write_text(script, "utf-8")
        monkeypatch.setattr(worker_module, "files", lambda package: tmp.parent)
        # What Node prints is what the tests compare.
        (site / "service-worker.js").write_text("console.log('JupyterLite runs');\n", "utf-8")
        run(site, "post_build")
        return site

    return build


def test_exception_of_the_script_is_told_and_stops_nothing(
    broken: Callable[[str], Path],
) -> None:
    done = node(broken('"use strict";\n(() => {\n  throw new Error("of ours");\n})();\n'))
    assert done.returncode == 0
    assert done.stdout == "JupyterLite runs\n"
    assert "Error: of ours" in done.stderr


def test_names_of_the_script_do_not_clash_with_the_workers(broken: Callable[[str], Path]) -> None:
    site = broken("const cache = 1;\nlet scope = 2;\n")
    worker = site / "service-worker.js"
    worker.write_text(worker.read_text("utf-8") + "const cache = 3;\nlet scope = 4;\n", "utf-8")
    assert node(site).stdout == "JupyterLite runs\n"


def test_script_that_ends_in_a_comment_is_closed(broken: Callable[[str], Path]) -> None:
    done = node(broken("// no line break at the end"))
    assert (done.stdout, done.stderr) == ("JupyterLite runs\n", "")


def test_built_script_declares_nothing_outside_its_function(site: Path) -> None:
    run(site, "post_build")
    patched = worker_of(site).removesuffix(WORKER)
    names = "Object.getOwnPropertyNames(globalThis)"
    # Prints the events that it listens to, and how many globals it adds.
    script = f"""globalThis.self = {{ addEventListener(type) {{ console.log(type); }} }};
const before = {names}.length;
{patched}
console.log({names}.length - before);
"""
    (site / "service-worker.js").write_text(script, "utf-8")
    done = node(site)
    assert (done.stdout, done.stderr) == ("fetch\ninstall\n0\n", "")
