"""A notebook in a real browser: its cells, their outputs, and the panels beside it."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import FrameLocator, Locator, Page

#: Milliseconds that a cold kernel, or an installation, may take.
SLOW = 150_000

_ANSI = re.compile(r"\x1b\[[0-9;]*m")

_SHOW_NOTEBOOK = """async ([kernel, create]) => {
  await window.jupyterapp.started;
  if (create) {
    await window.jupyterapp.commands.execute('notebook:create-new', {kernelName: kernel});
  }
  const isNotebook = widget => widget.content?.widgets && widget.sessionContext;
  const find = () => [...window.jupyterapp.shell.widgets('main')].find(isNotebook);
  let panel = find();
  while (!panel) {
    await new Promise(resolve => requestAnimationFrame(resolve));
    panel = find();
  }
  window.notebookPanel = panel;
  await panel.context.ready;
  await panel.sessionContext.ready;
}"""

_ADD_CELL = """source => {
  const {content} = window.notebookPanel;
  const cells = content.model.sharedModel;
  const index = cells.cells.length;
  cells.insertCell(index, {cell_type: 'code', source});
  content.activeCellIndex = index;
  content.deselectAll();
  return index;
}"""

_ADD_MARKDOWN = """source => {
  const {content} = window.notebookPanel;
  const cells = content.model.sharedModel;
  cells.insertCell(cells.cells.length, {cell_type: 'markdown', source});
  const cell = content.widgets[cells.cells.length - 1];
  cell.rendered = true;
  content.scrollToItem(cells.cells.length - 1);
}"""

_WORKER_LOCKS = """async () => {
  const {held} = await navigator.locks.query();
  return held.map(lock => lock.name).filter(name => / worker /.test(name));
}"""

_RUN = """() => {
  window.cellDone = false;
  window.jupyterapp.commands.execute('notebook:run-cell')
    .finally(() => { window.cellDone = true; });
}"""

_OUTPUTS = "index => window.notebookPanel.content.widgets[index].model.outputs?.toJSON() ?? []"

_FETCH = """async ([url, init]) => {
  const response = await fetch(url, {signal: AbortSignal.timeout(120_000), ...init});
  return {
    status: response.status, url: response.url,
    headers: Object.fromEntries(response.headers), text: await response.text()
  };
}"""


def wait_until(page: Page, function: str, arg: object = None, seconds: float = 60) -> None:
    """Wait until an async function in the page returns a true value.

    ``page.wait_for_function`` would take the promise for one. The function is called four times a
    second: a service worker that gets requests with every frame is never idle, so Chromium would
    not replace it. A call that does not return within ten seconds is abandoned.
    """
    page.evaluate(
        f"""async ([arg, seconds]) => {{
          const end = performance.now() + 1000 * seconds;
          const late = () => new Promise(resolve => setTimeout(resolve, 10000, 'no answer'));
          const call = () => Promise.race([({function})(arg), late()]);
          let found;
          while (!(found = await call()) || found === 'no answer') {{
            if (performance.now() > end) {{
              throw new Error(`returned ${{JSON.stringify(found)}} for ${{seconds}} seconds`);
            }}
            await new Promise(resolve => setTimeout(resolve, 250));
          }}
        }}""",
        [arg, seconds],
    )


_IS_ANOTHER_PAGE = """frame =>
  !frame.contentWindow.left && frame.contentDocument?.readyState === 'complete'"""

_CHUNKS = """async url => {
  const reader = (await fetch(url)).body.getReader();
  const seen = [];
  for (let read; !(read = await reader.read()).done; ) {
    seen.push(new TextDecoder().decode(read.value));
  }
  return seen;
}"""


@dataclasses.dataclass(frozen=True)
class Outputs:
    """The outputs of a cell."""

    raw: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """Streams and plain-text results, in order."""
        parts: list[str] = []
        for output in self.raw:
            data = output.get("data", {}).get("text/plain", "")
            text = output.get("text", data)
            parts.append("".join(text) if isinstance(text, list) else text)
        return "".join(parts)

    @property
    def execution_count(self) -> int:
        """The number of the cell, which must have a result."""
        counts: list[int] = [out["execution_count"] for out in self.raw if "execution_count" in out]
        return counts[0]

    @property
    def error(self) -> str:
        """The traceback, or an empty string."""
        lines = [line for output in self.raw for line in output.get("traceback", [])]
        return _ANSI.sub("", "\n".join(lines))


@dataclasses.dataclass(frozen=True)
class Answer:
    """The response to ``fetch`` in the lab page."""

    status: int
    url: str
    headers: dict[str, str]
    text: str


class Notebook:
    """A new notebook in JupyterLab, with its kernel.

    Args:
        page: a page of the browser.
        site: the site's URL, with a slash at its end.
        kernel: the name of the kernel spec.
        path: a page of the site that shows a notebook; by default the lab with a new notebook.
    """

    def __init__(
        self, page: Page, site: str, kernel: str = "python", path: str = "lab/index.html?reset"
    ) -> None:
        self.page, self.site = page, site
        self._kernel, self._path = kernel, path
        self.open()

    @property
    def base(self) -> str:
        """The path of the site, with a slash at its end."""
        return urlsplit(self.site).path

    def open(self) -> None:
        """Load the page and wait until the kernel is ready."""
        self.page.goto(self.site + self._path)
        self.page.wait_for_function("() => window.jupyterapp?.started", timeout=SLOW)
        new = self._path.endswith("reset")
        self.page.evaluate(_SHOW_NOTEBOOK, [self._kernel, new])

    def run(self, source: str) -> Outputs:
        """Run a new cell; return its outputs."""
        return self.finish(self.start(source))

    def run_all(self) -> list[Outputs]:
        """Run all cells of the notebook; return their outputs."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        count = self.page.evaluate("() => window.notebookPanel.content.widgets.length")
        return [Outputs(self.page.evaluate(_OUTPUTS, index)) for index in range(count)]

    def start(self, source: str) -> int:
        """Start a new cell without waiting for it; return its index."""
        index: int = self.page.evaluate(_ADD_CELL, source.strip())
        self.page.evaluate(_RUN)
        return index

    def finish(self, cell: int) -> Outputs:
        """Wait until the cell started last is done; return the outputs of ``cell``."""
        self.page.wait_for_function("() => window.cellDone", timeout=SLOW)
        return self.outputs(cell)

    def interrupt(self) -> None:
        """Choose *Interrupt* in the lab's menu."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:interrupt-kernel')")

    def outputs(self, cell: int) -> Outputs:
        """The current outputs of the cell with that index."""
        return Outputs(self.page.evaluate(_OUTPUTS, cell))

    def wait_for_text(self, cell: int, text: str) -> None:
        """Wait until the cell with that index shows ``text``."""
        self.page.wait_for_function(
            f"([index, text]) => JSON.stringify(({_OUTPUTS})(index)).includes(text)",
            arg=[cell, text],
        )

    def value(self, expression: str) -> str:
        """The ``repr`` of an expression in the kernel."""
        return self.run(f"print(repr({expression}))").text.strip()

    def fetch(self, path: str, **init: Any) -> Answer:
        """``fetch`` from the lab page; ``path`` is relative to the site."""
        return Answer(**self.page.evaluate(_FETCH, [self.site + path, init]))

    def chunks(self, path: str) -> list[str]:
        """The chunks of a response as they arrived; ``path`` is relative to the site."""
        chunks: list[str] = self.page.evaluate(_CHUNKS, self.site + path)
        return chunks

    def panel(self, name: str) -> Locator:
        """The panel of a served app."""
        return self.page.locator(f"#jupyterlite-asgi-{name}")

    def frame(self, name: str) -> FrameLocator:
        """The content of a served app's panel."""
        return self.panel(name).frame_locator("iframe")

    def visit(self, name: str, path: str = "") -> FrameLocator:
        """Open another path of a served app in its panel; return the panel's content."""
        frame = self.panel(name).locator("iframe").element_handle().content_frame()
        assert frame is not None
        # Firefox would take a page that is still loading for the new one.
        frame.wait_for_load_state()
        frame.goto(f"{self.site}asgi/{name}/{path}")
        return self.frame(name)

    def reload_panel(self, name: str) -> None:
        """Click the panel's reload button, and wait until the page is loaded."""
        with self.reloading(name):
            self.panel(name).locator('[data-jp-item-name="reload"]').click()

    @contextlib.contextmanager
    def reloading(self, name: str) -> Iterator[None]:
        """In the block, reload the panel of a served app; afterwards wait until it is loaded.

        Without that, a test may see and click elements of the old page.
        """
        frame = self.panel(name).locator("iframe").element_handle()
        frame.evaluate("frame => { frame.contentWindow.left = true; }")
        yield
        self.page.wait_for_function(_IS_ANOTHER_PAGE, arg=frame, timeout=SLOW)

    def show_markdown(self, source: str) -> None:
        """Add a Markdown cell and render it."""
        self.page.evaluate(_ADD_MARKDOWN, source)

    def worker_instances(self) -> set[str]:
        """The live instances of the service worker that have contacted a kernel."""
        return set(self.page.evaluate(_WORKER_LOCKS))

    def stop_workers(self) -> None:
        """Stop the service worker, as a browser does when it is idle or short of memory."""
        before = list(self.worker_instances())
        session = self.page.context.new_cdp_session(self.page)
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        # Another instance may have started already.
        gone = f"async before => !(await ({_WORKER_LOCKS})()).some(name => before.includes(name))"
        wait_until(self.page, gone, before)
        session.detach()
