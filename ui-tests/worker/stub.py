"""The kernel without Python for tests of the service worker; see ``kernel.ts``."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import FrameLocator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from sites import SITE

from jupyterlite_asgi.hosts.browser.protocol import VERSION

ESBUILD = Path(__file__).parents[2] / "node_modules" / ".bin" / "esbuild"

_PAGE = "<!doctype html><title>Kernel</title><script type=module src=kernel.js></script>"

HTML = ("content-type", "text/html; charset=utf-8")
TEXT = ("content-type", "text/plain; charset=utf-8")

#: Milliseconds to wait for a request.
PATIENCE = 20_000

Headers = Sequence[tuple[str, str]]

#: A frame like the panel's; see `src/lab/appPanel.ts`.
_PANEL = '<iframe name="panel" src="{}" referrerpolicy="strict-origin-when-cross-origin"></iframe>'

_COUNT = """([name, lines]) => {
  const text = ({method, path, query, body}) =>
    [method, path, query, body.trim()].filter(Boolean).join(' ');
  const seen = kernel.apps.get(name).requests.map(text);
  const count = (list, line) => list.filter(other => other === line).length;
  return lines.every(line => count(seen, line) >= count(lines, line));
}"""


def make_site(folder: Path) -> Path:
    """Link the built site into ``folder``, and add the kernel's page; return ``folder``."""
    for path in SITE.iterdir():
        (folder / path.name).symlink_to(path)
    script = Path(__file__).with_name("kernel.ts")
    bundle = ["--bundle", "--format=esm", "--log-level=warning", f"--outfile={folder}/kernel.js"]
    subprocess.run([ESBUILD, script, *bundle], check=True)
    (folder / "kernel.html").write_text(_PAGE, "utf-8")
    return folder


@dataclasses.dataclass(frozen=True)
class Answer:
    """A response of an app.

    Args:
        body: the whole body or its chunks; a chunk of None waits for ``App.release()``.
        headers: names and values, with a character for each byte.
        status: the HTTP status.
    """

    body: str | bytes | Sequence[str | bytes | None] = ""
    headers: Headers = ()
    status: int = 200

    @property
    def fields(self) -> dict[str, Any]:
        """The response as ``IAnswer`` of ``exchange.ts``."""
        body = [self.body] if isinstance(self.body, str | bytes) else self.body
        chunks = [None if chunk is None else _text(chunk) for chunk in body]
        return {"status": self.status, "headers": [list(h) for h in self.headers], "chunks": chunks}


def _text(chunk: str | bytes) -> str:
    return (chunk.encode() if isinstance(chunk, str) else chunk).decode("latin-1")


@dataclasses.dataclass(frozen=True)
class Seen:
    """A request as an app received it: ``ISeen`` of ``exchange.ts``."""

    method: str
    url: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: str
    parts: list[int]
    left: bool

    @property
    def line(self) -> str:
        """Method, path below the app's root, query and body."""
        return " ".join(filter(None, [self.method, self.path, self.query, self.body.strip()]))


class App:
    """An app that the kernel serves.

    Args:
        page: the kernel's page.
        site: the site's URL, with a slash at its end.
        name: the app's name.
    """

    def __init__(self, page: Page, site: str, name: str) -> None:
        self._page, self.name = page, name
        #: The path of the site, with a slash at its end.
        self.base = urlsplit(site).path
        #: The app's URL, with a slash at its end.
        self.url = f"{site}asgi/{name}/"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return self.url.removesuffix(self.root)

    @property
    def root(self) -> str:
        """The path of ``url``."""
        return urlsplit(self.url).path

    def answer(
        self,
        path: str,
        body: str | bytes | Sequence[str | bytes | None] = "",
        headers: Headers = (),
        status: int = 200,
    ) -> None:
        """Set the response for ``path``: see ``Answer``, and ``answers`` in ``kernel.ts``."""
        self.answer_in_turn(path, Answer(body, headers, status))

    def answer_in_turn(self, path: str, *answers: Answer) -> None:
        """Send each of these responses once, and the last one repeatedly."""
        self._run("app.answers.set(...arg)", [path, [answer.fields for answer in answers]])

    def respond(self, path: str, function: str) -> None:
        """Respond with a JavaScript function of type ``(seen: ISeen) => IAnswer``."""
        self._run(f"app.answers.set(arg, {function})", path)

    def release(self) -> None:
        """Send the chunks that are waiting for this."""
        self._run("app.release()")

    @property
    def requests(self) -> list[Seen]:
        """The requests received, in order."""
        found = self._run("app.requests")
        return [
            Seen(**fields | {"headers": list(map(tuple, fields["headers"]))}) for fields in found
        ]

    @property
    def lines(self) -> list[str]:
        """The same requests, each as one line."""
        return [seen.line for seen in self.requests]

    def forget(self) -> None:
        """Clear the list of requests."""
        self._run("app.requests = []")

    def wait_for(self, *lines: str) -> None:
        """Wait for all of these requests, each as often as it is named."""
        try:
            self._page.wait_for_function(_COUNT, arg=[self.name, list(lines)], timeout=PATIENCE)
        except PlaywrightTimeout as error:
            missing = [line for line in lines if line not in self.lines]
            raise AssertionError(f"no request {missing}, only {self.lines}") from error

    def wait_until(self, condition: str) -> None:
        """Wait until a JavaScript expression holds, in which ``requests`` are the app's."""
        function = f"name => {{ const {{requests}} = kernel.apps.get(name); return {condition}; }}"
        self._page.wait_for_function(function, arg=self.name, timeout=PATIENCE)

    def close(self) -> None:
        """Release the name."""
        self._run("app.close()")

    def _run(self, expression: str, arg: object = None) -> Any:
        script = f"([name, arg]) => {{ const app = kernel.apps.get(name); return {expression}; }}"
        return self._page.evaluate(script, [self.name, arg])


class Kernel:
    """A page with the kernel in it, which serves apps.

    Args:
        page: a page of the browser.
        site: the URL of a site that ``make_site`` made, with a slash at its end.
    """

    _numbers = itertools.count(1)

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        page.goto(f"{site}kernel.html")
        page.wait_for_function("() => window.kernel")

    @contextlib.contextmanager
    def serve(self, *, inject: bool = True, version: int = VERSION) -> Iterator[App]:
        """Serve an app under a unique name.

        Args:
            inject: whether its pages get the page script.
            version: the version of the protocol that the kernel speaks.
        """
        app = App(self.page, self.site, f"app-{next(self._numbers)}")
        self.page.evaluate("args => kernel.serve(...args)", [app.name, version, inject])
        yield app
        app.close()

    def show(self, page: Page, url: str) -> FrameLocator:
        """Show ``url`` in a page of the site, in a frame like the panel's; return its content."""
        page.goto(f"{self.site}package.json")
        page.set_content(_PANEL.format(url))
        return page.frame_locator("[name=panel]")
