"""A page in WebKitGTK, driven by the W3C's WebDriver protocol over HTTP."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from lab import SLOW

#: How an element is named in JSON (https://www.w3.org/TR/webdriver2/#elements).
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"

#: Reports an error as a value, because WebKit's driver omits its text.
_CALL = """const [arg, done] = arguments;
(async () => ({function})(arg))().then(
  value => done({{value}}),
  error => done({{error: `${{error}}\\n${{error?.stack}}`}})
);"""

_WAIT = """async ([arg, milliseconds]) => {{
  const end = performance.now() + milliseconds;
  while (!({function})(arg)) {{
    if (performance.now() > end) {{
      throw new Error(`nothing true was returned for ${{milliseconds}} ms`);
    }}
    await new Promise(resolve => setTimeout(resolve, 100));
  }}
}}"""


class WebDriverError(Exception):
    """The driver reports that a command failed, or the page's function threw."""


class WebKitPage:
    """A tab; `goto`, `evaluate` and `wait_for_function` are as those of Playwright's ``Page``.

    Args:
        session: the URL of the WebDriver session.
    """

    def __init__(self, session: str) -> None:
        self._session = session

    def goto(self, url: str) -> None:
        """Load a page, and wait until it is loaded."""
        self._send("POST", "/url", {"url": url})

    def evaluate(self, function: str, arg: object = None) -> Any:
        """Call a JavaScript function, async or not, in the page; return its result."""
        script = _CALL.format(function=function)
        result = self._send("POST", "/execute/async", {"script": script, "args": [arg]})
        if "error" in result:
            raise WebDriverError(result["error"])
        return result.get("value")

    def wait_for_function(
        self, function: str, *, arg: object = None, timeout: float = SLOW
    ) -> None:
        """Wait for up to ``timeout`` milliseconds until the function returns a true value."""
        self.evaluate(_WAIT.format(function=function), [arg, timeout])

    def click(self, selector: str) -> None:
        """Click the first element that matches a CSS selector, as a user does."""
        self._send("POST", f"/element/{self._find(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        """Type into an element."""
        self._send("POST", f"/element/{self._find(selector)}/value", {"text": text})

    @contextlib.contextmanager
    def frame(self, selector: str) -> Iterator[None]:
        """In the block, use the page in that frame."""
        self._send("POST", "/frame", {"id": {_ELEMENT: self._find(selector)}})
        yield
        self._send("POST", "/frame", {"id": None})

    @contextlib.contextmanager
    def popup(self) -> Iterator[None]:
        """In the block, use the tab that was opened last; close it afterwards."""
        here = self._send("GET", "/window")
        deadline = time.monotonic() + SLOW / 1000
        while len(handles := self._send("GET", "/window/handles")) < 2:
            if time.monotonic() > deadline:
                raise WebDriverError("No tab was opened.")
            time.sleep(0.1)
        (new,) = (handle for handle in handles if handle != here)
        self._send("POST", "/window", {"handle": new})
        yield
        self._send("DELETE", "/window")
        self._send("POST", "/window", {"handle": here})

    def _find(self, selector: str) -> str:
        self.wait_for_function(
            "selector => document.querySelector(selector) !== null", arg=selector
        )
        query = {"using": "css selector", "value": selector}
        return str(self._send("POST", "/element", query)[_ELEMENT])

    def _send(self, method: str, path: str, body: object = None) -> Any:
        return send(method, self._session + path, body)


def send(method: str, url: str, body: object = None) -> Any:
    """Send a WebDriver command; return its value."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(url, data, method=method), timeout=3 * SLOW / 1000) as response:
            return json.load(response)["value"]
    except HTTPError as error:
        with error:
            value = json.load(error)["value"]
        raise WebDriverError(f"{value['error']}: {value['message']}") from error
