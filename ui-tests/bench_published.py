"""Times the starts of published apps, beside that of Pyodide alone, their floor."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page
from sites import SITE, serve_site

#: The folder of Pyodide as npm has it, which the build of the demo site has downloaded.
PYODIDE = next((SITE.parent / "cache" / "asgi").glob("pyodide-*/"), SITE)

#: Starts of each kind; the result is their median.
ROUNDS = 5

#: The published app, and what its page shows.
APP, SHOWN = "fastapi", "Shop"

#: A page that starts Pyodide in a worker, in place of one of Pyodide's own.
PAGE = "console.html"
BARE = b"""<!doctype html><title>Pyodide</title><script>
const source = `
  import {loadPyodide} from '${new URL('pyodide.mjs', location)}';
  const pyodide = await loadPyodide({indexURL: '${new URL('.', location)}'});
  postMessage(pyodide.runPython('1 + 1'));
`;
const url = URL.createObjectURL(new Blob([source], {type: 'text/javascript'}));
window.started = new Promise(resolve => {
  new Worker(url, {type: 'module'}).onmessage = () => resolve(performance.now());
});
</script>"""

#: Resolves to the milliseconds from the navigation to the app's page in the shell's frame.
SHOWS = """async shown => {
  const has = () => document.querySelector('iframe')?.contentDocument?.body?.innerText
    .includes(shown);
  while (!has()) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  return performance.now();
}"""

#: Resolves once the runtime has stored what the next visit needs.
KEPT = """async name => {
  for (;;) {
    for (const key of await caches.keys()) {
      const stored = await (await caches.open(key)).keys();
      if (stored.some(({url}) => url.includes(`/snapshots/${name}/`) && url.endsWith('.json'))) {
        return;
      }
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}"""

#: The kinds of starts.
STARTS = ("published, bundle", "published, snapshot of the build", "published, second visit")


def measure(browser: Browser, start: str) -> dict[str, float]:
    """Median milliseconds of a kind of start and of Pyodide alone, and their ratio."""
    is_second = start.endswith("second visit")
    alter = None if start.endswith("snapshot of the build") else _without_snapshot
    ours, bare = list[float](), list[float]()
    with (
        serve_site(alter=alter) as site,
        serve_site(folder=Path(PYODIDE), alter=_bare) as pyodide,
    ):
        for _ in range(ROUNDS):
            ours.append(_time(browser, is_second, lambda page: _published(page, site, is_second)))
            bare.append(_time(browser, is_second, lambda page: _pyodide(page, pyodide)))
    medians = statistics.median(ours), statistics.median(bare)
    return {
        "ours (ms)": round(medians[0]),
        "floor (ms)": round(medians[1]),
        "ours ratio": round(medians[0] / medians[1], 2),
        "ours, slowest ratio": round(max(ours) / medians[1], 2),
    }


def _time(browser: Browser, is_second: bool, visit: Callable[[Page], float]) -> float:
    """Milliseconds of a first or a second visit, in a profile of its own."""
    with browser.new_context() as context:
        taken = _visit(context, visit)
        return _visit(context, visit) if is_second else taken


def _visit(context: BrowserContext, visit: Callable[[Page], float]) -> float:
    page = context.new_page()
    taken = visit(page)
    page.close()
    return taken


def _published(page: Page, site: str, is_second: bool) -> float:
    page.goto(f"{site}asgi/{APP}/", wait_until="commit")
    taken: float = page.evaluate(SHOWS, SHOWN)
    if is_second:
        page.evaluate(KEPT, APP)
    return taken


def _pyodide(page: Page, site: str) -> float:
    page.goto(f"{site}{PAGE}", wait_until="commit")
    taken: float = page.evaluate("() => window.started")
    return taken


def _bare(path: str, content: bytes) -> bytes:
    return BARE if path == PAGE else content


def _without_snapshot(path: str, content: bytes) -> bytes:
    """Serve the app's manifest as a build without Node.js's snapshot would have it."""
    if path != f"static/asgi/{APP}.json":
        return content
    return json.dumps({**json.loads(content), "snapshot": None}).encode()
