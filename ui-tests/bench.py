"""Times requests and kernel starts in real browsers: `make bench` writes build/bench.json.

Each request is timed twice in the same run, by turns: from an app in the kernel, and from the
service worker answering by itself, which is as fast as the browser lets anything here be. On any
machine the ratio of the two says something of our code. A kernel's start is timed without a
preloaded package and with one.
"""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

from conftest import guarded, launch
from lab import Notebook
from playwright.sync_api import Browser, sync_playwright
from sites import configured, serve_site

RESULT = Path(__file__).parent.parent / "build" / "bench.json"

#: Rounds of each case, of which the median counts.
ROUNDS = 7

#: How often JSON is asked for in a row, and how often at once.
SERIAL, AT_ONCE = 100, 500

FLOOR = b"""
self.addEventListener('fetch', event => {
  const [, what] = new URL(event.request.url).pathname.split('/asgi/-/floor/');
  if (what === undefined) {
    return;
  }
  event.stopImmediatePropagation();
  const chunk = new Uint8Array(262144);
  const answers = {
    json: () => Response.json({hello: 'world'}),
    up: async () => Response.json((await event.request.arrayBuffer()).byteLength),
    first: () => new Response(new ReadableStream({start: it => it.enqueue(chunk)})),
    down: () => {
      let rest = 40;
      return new Response(new ReadableStream({
        pull: it => (rest-- > 0 ? it.enqueue(chunk) : it.close())
      }, {highWaterMark: 0}));
    }
  };
  event.respondWith(answers[what]());
});
"""

APP = """
import asyncio, json

async def bench(scope, receive, send):
    assert scope["type"] == "http"
    what = scope["path"].rpartition("/")[2]
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-type", b"application/json")]})
    if what == "json":
        body = json.dumps({"hello": "world"}).encode()
        await send({"type": "http.response.body", "body": body})
    elif what == "up":
        size, more = 0, True
        while more:
            message = await receive()
            size, more = size + len(message["body"]), message["more_body"]
        await send({"type": "http.response.body", "body": str(size).encode()})
    elif what == "first":
        await send({"type": "http.response.body", "body": bytes(262144), "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
    else:
        for _ in range(40):
            await send({"type": "http.response.body", "body": bytes(262144), "more_body": True})
        await send({"type": "http.response.body"})

%asgi_serve bench --open none
"""

#: Each gives milliseconds.
CASES = {
    "json serial": (
        "json",
        f"""for (let i = 0; i < {SERIAL}; i++) await (await fetch(url)).json();
            return (performance.now() - start) / {SERIAL};""",
    ),
    f"json {AT_ONCE} at once": (
        "json",
        f"""const one = async () => (await fetch(url)).json();
            await Promise.all(Array.from({{length: {AT_ONCE}}}, one));
            return performance.now() - start;""",
    ),
    "10 MB down": (
        "down",
        """const {byteLength} = await (await fetch(url)).arrayBuffer();
           if (byteLength !== 40 * 262144) throw new Error(`${byteLength} bytes came`);
           return performance.now() - start;""",
    ),
    "10 MB up": (
        "up",
        """const body = new Uint8Array(40 * 262144);
           const size = await (await fetch(url, {method: 'POST', body})).json();
           if (size !== body.length) throw new Error(`${size} bytes came`);
           return performance.now() - start;""",
    ),
    "first chunk": (
        "first",
        """const reader = (await fetch(url)).body.getReader();
           await reader.read();
           const took = performance.now() - start;
           await reader.cancel();
           return took;""",
    ),
}


def with_floor(path: str, content: bytes) -> bytes:
    """The site's files, with the floor in its service worker."""
    return FLOOR + content if path == "service-worker.js" else content


def measure(notebook: Notebook) -> dict[str, Any]:
    """Milliseconds of each case, ours and the floor's, and the ratio of the two."""
    notebook.run(APP)
    results = {}
    for case, (what, code) in CASES.items():
        function = f"async url => {{ const start = performance.now(); {code} }}"
        urls = {"ours": f"asgi/bench/{what}", "floor": f"asgi/-/floor/{what}"}
        times: dict[str, list[float]] = {name: [] for name in urls}
        for _ in range(ROUNDS):
            for name, url in urls.items():
                times[name].append(notebook.page.evaluate(function, notebook.site + url))
        medians = {name: statistics.median(values) for name, values in times.items()}
        results[case] = {
            **{f"{name} (ms)": round(value, 3) for name, value in medians.items()},
            "ratio": round(medians["ours"] / medians["floor"], 2),
        }
    return results


#: Milliseconds until a restarted kernel has run a first cell, and then one that imports FastAPI.
START = """async () => {
  const {sessionContext} = window.notebookPanel;
  const run = code => sessionContext.session.kernel.requestExecute({code}).done;
  const start = performance.now();
  await sessionContext.session.kernel.restart();
  await run('1');
  const started = performance.now();
  const {content} = await run('import fastapi');
  if (content.status !== 'ok') throw new Error(content.evalue);
  return [started - start, performance.now() - started];
}"""


def measure_starts(browser: Browser) -> dict[str, Any]:
    """Milliseconds of a start and of a first import, with FastAPI preloaded and without."""
    results = {}
    for name, packages in {"plain": [], "preloaded": ["fastapi"]}.items():
        alter = configured(loadPyodideOptions={"packages": packages})
        with serve_site(alter=alter) as site, guarded(browser) as context:
            notebook = Notebook(context.new_page(), site)
            times = [notebook.page.evaluate(START) for _ in range(ROUNDS)]
        results[name] = {
            "start (ms)": round(statistics.median(start for start, _ in times)),
            "then import fastapi (ms)": round(statistics.median(first for _, first in times)),
        }
    return results


def main() -> None:
    """Measure in each engine, write the results and print them."""
    report = {}
    with sync_playwright() as playwright, serve_site(alter=with_floor) as site:
        for engine in ("chromium", "firefox"):
            browser = launch(playwright, engine)
            with guarded(browser) as context:
                results = measure(Notebook(context.new_page(), site))
            if engine == "chromium":  # Firefox's has not come back from such a restart
                results["kernel"] = measure_starts(browser)
            report[f"{engine} {browser.version}"] = results
            browser.close()
    RESULT.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(json.dumps(report, indent=2))  # noqa: T201 -- what the command is for


if __name__ == "__main__":
    main()
