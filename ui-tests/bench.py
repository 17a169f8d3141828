"""Times requests and kernel starts in real browsers: `make bench` writes build/bench.json.

Each request is timed twice in the same run, alternately: answered by an app in the kernel, and by
the service worker itself, the floor below which no app can get. The ratio of the two measures our
code independently of the machine. Loops of Python are timed in kernels that serve an app, and in
one that serves none, which is their floor. Kernel starts are timed with and without a preloaded
package. Starts of a published app are timed beside that of Pyodide alone.

A failed step is recorded with its error, and the others still run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import bench_published
from bench_cases import APP, CASES, FLOOR, LOOP, LOOPS, START, STARTS, Case
from conftest import launch
from lab import Notebook
from playwright.sync_api import Browser, sync_playwright
from sites import SITE, configured, serve_site

RESULT = Path(__file__).parent.parent / "build" / "bench.json"

#: Rounds of each case; the result is their median.
ROUNDS = 7

#: The folders of builds, by name.
Builds = dict[str, Path]


class Report:
    """The results so far, written to a file after each step.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.failed = False
        self._path = path
        self._results: dict[str, dict[str, Any]] = {}

    @contextlib.contextmanager
    def step(self, engine: str, case: str) -> Iterator[dict[str, Any]]:
        """Record the results of one step, or the error that it raises."""
        results: dict[str, Any] = {}
        try:
            yield results
        except Exception as error:
            self.failed = True
            message = str(error).strip().split("\n", 1)[0]
            results["error"] = f"{type(error).__name__}: {message}"
        self._results.setdefault(engine, {})[case] = results
        self._path.parent.mkdir(exist_ok=True)
        self._path.write_text(json.dumps(self._results, indent=2) + "\n", "utf-8")
        print(engine, case, json.dumps(results), flush=True)  # noqa: T201 -- a command's output


def with_floor(path: str, content: bytes) -> bytes:
    """Add the floor to the site's service worker."""
    return FLOOR + content if path == "service-worker.js" else content


def open_notebooks(browser: Browser, sites: dict[str, str]) -> dict[str, Notebook]:
    """Open a notebook of each build, each in a profile of its own; close all others."""
    for context in browser.contexts:
        context.close()
    return {name: Notebook(browser.new_context().new_page(), site) for name, site in sites.items()}


@contextlib.contextmanager
def served(builds: Builds, **options: Any) -> Iterator[dict[str, str]]:
    """Serve each build; yield the URLs."""
    with contextlib.ExitStack() as stack:
        yield {
            name: stack.enter_context(serve_site(folder=folder, **options))
            for name, folder in builds.items()
        }


def measure(report: Report, engine: str, browser: Browser, builds: Builds, cases: set[str]) -> None:
    """Time requests."""
    notebooks: dict[str, Notebook] = {}
    with served(builds, alter=with_floor) as sites:
        for name in CASES:
            if name not in cases:
                continue
            with report.step(engine, name) as results:
                # After a failure the next case gets new pages.
                used, notebooks = notebooks, {}
                if not used:
                    used = open_notebooks(browser, sites)
                    for build, notebook in used.items():
                        if error := notebook.run(APP).error:
                            raise RuntimeError(f"The app of {build} cannot be served: {error}")
                results.update(time_case(CASES[name], used))
                notebooks = used


def time_case(case: Case, notebooks: dict[str, Notebook]) -> dict[str, float]:
    """Median milliseconds of each build and of the floor, and the ratio of each build to it."""
    urls = {
        build: (notebook, f"{notebook.site}asgi/bench/{case.path}")
        for build, notebook in notebooks.items()
    }
    first = next(iter(notebooks.values()))
    urls["floor"] = (first, f"{first.site}asgi/-/floor/{case.floor}")
    times: dict[str, list[float]] = {name: [] for name in urls}
    order = list(urls)
    for _ in range(ROUNDS):
        for name in order:
            notebook, url = urls[name]
            times[name].append(notebook.page.evaluate(case.function, url))
        order.append(order.pop(0))  # the garbage of one slows the next down
    return compare(times)


def compare(times: dict[str, list[float]]) -> dict[str, float]:
    """Median milliseconds of each build and of the floor, and the ratio of each build to it."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    floor = medians["floor"]
    return {
        **{f"{name} (ms)": round(value, 3) for name, value in medians.items()},
        **{f"{name} ratio": round(medians[name] / floor, 2) for name in times if name != "floor"},
    }


def measure_loops(
    report: Report, engine: str, browser: Browser, builds: Builds, cases: set[str]
) -> None:
    """Time loops of Python in kernels that serve an app, and in one that serves none."""
    chosen = [name for name in LOOPS if name in cases]
    if not chosen:
        return
    with served(builds) as sites:
        notebooks = open_notebooks(browser, {**sites, "floor": next(iter(sites.values()))})
        for build, notebook in notebooks.items():
            notebook.run(LOOP if build == "floor" else APP + LOOP)
        for name in chosen:
            with report.step(engine, name) as results:
                times: dict[str, list[float]] = {build: [] for build in notebooks}
                for _ in range(ROUNDS):
                    for build, notebook in notebooks.items():
                        notebook.page.bring_to_front()
                        times[build].append(float(notebook.value(f"loop({LOOPS[name]})")))
                results.update(compare(times))


def measure_starts(
    report: Report, engine: str, browser: Browser, builds: Builds, cases: set[str]
) -> None:
    """Time kernel starts and a first import."""
    for name, packages in STARTS.items():
        if name not in cases:
            continue
        alter = configured(loadPyodideOptions={"packages": packages})
        with report.step(engine, name) as results, served(builds, alter=alter) as sites:
            notebooks = open_notebooks(browser, sites)
            times: dict[str, list[list[float]]] = {build: [] for build in builds}
            for _ in range(ROUNDS):
                for build, notebook in notebooks.items():
                    times[build].append(notebook.page.evaluate(START))
            for build, pairs in times.items():
                started, imported = (
                    round(statistics.median(part)) for part in zip(*pairs, strict=True)
                )
                results[f"{build} (ms)"] = started
                results[f"{build}, then import fastapi (ms)"] = imported


def measure_published(report: Report, engine: str, browser: Browser, cases: set[str]) -> None:
    """Time the starts of a published app."""
    for name in bench_published.STARTS:
        if name in cases:
            with report.step(engine, name) as results:
                results.update(bench_published.measure(browser, name))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure in each engine; return the exit code, which is 1 if a step failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    engines = ("chromium", "firefox")
    cases = (*CASES, *LOOPS, *STARTS, *bench_published.STARTS)
    parser.add_argument("--engine", choices=engines, action="append", help="only this one")
    parser.add_argument("--case", choices=cases, action="append", help="only this one")
    parser.add_argument(
        "--against",
        type=Path,
        metavar="DIR",
        help="another built site, timed alternately with ours",
    )
    options = parser.parse_args(arguments)
    builds = {"ours": SITE} | ({"against": options.against} if options.against else {})
    chosen = set(options.case or cases)
    report = Report(RESULT)
    with sync_playwright() as playwright:
        for engine in options.engine or engines:
            with (
                report.step(engine, "browser") as results,
                contextlib.closing(launch(playwright, engine)) as browser,
            ):
                results["version"] = browser.version
                measure(report, engine, browser, builds, chosen)
                measure_loops(report, engine, browser, builds, chosen)
                measure_starts(report, engine, browser, builds, chosen)
                measure_published(report, engine, browser, chosen)
    return int(report.failed)


if __name__ == "__main__":
    sys.exit(main())
