from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyterlite_asgi.serving import error_pages
from jupyterlite_asgi.serving.tracebacks import format_traceback

if TYPE_CHECKING:
    from .support.exchange import Exchange

SCOPE: dict[str, Any] = {"method": "GET", "path": "/buy", "headers": []}
NAVIGATION = [(b"accept", b"text/html")]

APP = """# The shop
async def app(scope, receive, send):
    raise ValueError("the shop is closed")
"""

DEEP = """# The shelf
def give():
    return [][0]

async def deep(scope, receive, send):
    return give()
"""


def raised(function: Callable[[], object]) -> BaseException:
    try:
        function()
    except BaseException as error:
        return error
    raise AssertionError


def define(shell: InteractiveShell, cell: str) -> None:
    assert shell.run_cell(cell, store_history=True).success


@pytest.mark.parametrize(
    ("doing", "sentence"),
    [
        ("", "GET /buy was interrupted."),
        ("ran Cell In[3], line 7", "GET /buy was interrupted while it ran Cell In[3], line 7."),
    ],
)
def test_interrupted_request_gets_a_503_that_says_where(doing: str, sentence: str) -> None:
    page = error_pages.interrupted(SCOPE, doing)
    assert page.status == 503
    assert page.body.decode().startswith(f"The request was interrupted\n{sentence}\n")


def test_late_request_gets_a_504_that_says_what_to_do() -> None:
    page = error_pages.late(SCOPE, 2, "ran Cell In[3], line 7")
    assert page.status == 504
    assert page.sentence == (
        "GET /buy timed out while it ran Cell In[3], line 7: make the app respond faster, or allow "
        "more time with --timeout."
    )


@pytest.mark.parametrize(("method", "offers"), [("GET", True), ("POST", False)])
def test_page_of_a_request_that_may_succeed_later_offers_to_repeat_it(
    method: str, offers: bool
) -> None:
    scope = {**SCOPE, "method": method, "headers": NAVIGATION}
    assert (b'<a href="">Try again</a>' in error_pages.late(scope, 2, "").body) is offers
    assert b"Try again" not in error_pages.raised(scope, ValueError()).body


def test_traceback_is_formatted_as_by_python() -> None:
    error = raised(lambda: int("x"))
    text = format_traceback(error)
    assert text.startswith("Traceback (most recent call last):\n")
    assert f'File "{__file__}", line ' in text
    assert 'error = raised(lambda: int("x"))' in text
    assert text.endswith("ValueError: invalid literal for int() with base 10: 'x'\n")


def test_exception_becomes_a_500_with_a_content_length() -> None:
    failure = error_pages.raised(SCOPE, ValueError("closed"))
    assert failure.status == 500
    assert dict(failure.headers)[b"content-length"] == str(len(failure.body)).encode()


def test_unanswered_request_has_no_traceback() -> None:
    text = error_pages.unanswered(SCOPE, "The app slept.").body.decode()
    assert text == "The app slept.\nGET /buy got no response.\n\n"


def test_html_is_escaped() -> None:
    scope = {**SCOPE, "path": "/<script>", "headers": NAVIGATION}
    page = error_pages.raised(scope, ValueError("<script>alert('&')</script>")).body.decode()
    assert "<script>" not in page
    assert "ValueError: &lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;" in page
    assert "GET /&lt;script&gt; failed" in page


def test_page_without_a_traceback_has_no_empty_block() -> None:
    scope = {**SCOPE, "headers": NAVIGATION}
    assert "<pre>" not in error_pages.unanswered(scope, "The app slept.").body.decode()
    assert "<pre>" in error_pages.raised(scope, ValueError()).body.decode()


def test_braces_are_not_substituted() -> None:
    scope = {**SCOPE, "headers": NAVIGATION}
    assert "ValueError: {title}" in error_pages.raised(scope, ValueError("{title}")).body.decode()


def test_traceback_names_the_cell(shell: InteractiveShell, exchange: Exchange) -> None:
    define(shell, APP)
    text = exchange(shell.user_ns["app"], "/buy").text
    assert "GET /demo/asgi/app/buy failed in Cell In[1], line 3." in text
    assert 'File "Cell In[1]", line 3, in app' in text
    assert 'raise ValueError("the shop is closed")' in text
    assert "ipython-input" not in text


def test_summary_names_the_innermost_cell(shell: InteractiveShell, exchange: Exchange) -> None:
    define(shell, APP)
    define(shell, DEEP)
    text = exchange(shell.user_ns["deep"]).text
    assert "failed in Cell In[2], line 3." in text
    assert 'File "Cell In[2]", line 6, in deep' in text
    assert 'File "Cell In[2]", line 3, in give' in text


def test_summary_names_the_cell_that_called_a_library(
    shell: InteractiveShell, exchange: Exchange
) -> None:
    define(shell, "import json\n\nasync def app(scope, receive, send):\n    json.loads('{')")
    text = exchange(shell.user_ns["app"]).text
    assert "failed in Cell In[1], line 4." in text
    assert "decoder.py" in text


def test_page_shows_the_notebooks_frames_first(shell: InteractiveShell, exchange: Exchange) -> None:
    define(shell, "import json\n\nasync def app(scope, receive, send):\n    json.loads('{')")
    page = exchange(shell.user_ns["app"], headers=NAVIGATION).text
    own, summary, full = page.partition("<details>")
    assert summary
    assert "Cell In[1]" in own
    assert "decoder.py" not in own
    assert "Cell In[1]" in full
    assert "decoder.py" in full


def test_page_shows_frames_once_if_none_is_of_a_library() -> None:
    page = error_pages.raised({**SCOPE, "headers": NAVIGATION}, raised(lambda: int("x")))
    assert b"in raised" in page.body
    assert b"<details>" not in page.body


def test_cell_that_was_run_again_has_its_new_number(
    shell: InteractiveShell, exchange: Exchange
) -> None:
    define(shell, APP)
    define(shell, APP)
    assert "Cell In[2], line 3" in exchange(shell.user_ns["app"]).text


def test_cause_is_included(shell: InteractiveShell, exchange: Exchange) -> None:
    cell = """def cause():
    raise KeyError("price")

async def app(scope, receive, send):
    try:
        cause()
    except KeyError as error:
        raise ValueError("no price") from error
"""
    define(shell, cell)
    text = exchange(shell.user_ns["app"]).text
    assert "KeyError: 'price'" in text
    assert "direct cause of the following exception" in text
    assert text.count('File "Cell In[1]", line ') == 3
    assert "ipython-input" not in text


def test_endless_recursion_leaves_a_short_traceback(
    shell: InteractiveShell, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    extracted = []
    frames = traceback.FrameSummary

    def count(*args: Any, **kwargs: Any) -> traceback.FrameSummary:
        extracted.append(args)
        return frames(*args, **kwargs)

    monkeypatch.setattr(traceback, "FrameSummary", count)
    define(shell, "def again(): again()\n\nasync def app(scope, receive, send):\n    again()")
    text = exchange(shell.user_ns["app"]).text
    assert text.startswith("RecursionError: maximum recursion depth exceeded")
    assert "Cell In[1], line 1" in text
    assert "[Previous line repeated " in text
    assert len(extracted) <= 3 * 200  # frames are slow in Pyodide


def test_circular_causes_end() -> None:
    first, second = ValueError("one"), ValueError("two")
    first.__cause__, second.__cause__ = second, first
    text = format_traceback(first)
    assert "one" in text
    assert "two" in text


def test_exceptions_of_a_group_are_included(shell: InteractiveShell, exchange: Exchange) -> None:
    cell = """import anyio

async def give(key):
    raise KeyError(key)

async def app(scope, receive, send):
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(give, "one")
        tasks.start_soon(give, "two")
"""
    define(shell, cell)
    text = exchange(shell.user_ns["app"]).text
    assert "KeyError: 'one'" in text
    assert "KeyError: 'two'" in text
    assert text.count('File "Cell In[1]", line 4, in give') == 2
    assert "ipython-input" not in text


def test_notes_are_below_the_title() -> None:
    error = ValueError("closed")
    vars(error)["__notes__"] = ["It opens at 9.", "Come back."]
    text = error_pages.raised(SCOPE, error).body.decode()
    assert text.startswith("ValueError: closed\nGET /buy failed. It opens at 9. Come back.\n")


def test_file_that_a_notebook_lacks_need_not_be_published(
    shell: InteractiveShell, exchange: Exchange
) -> None:
    define(shell, "async def app(scope, receive, send):\n    open('data.csv')")
    text = exchange(shell.user_ns["app"]).text
    assert "No such file or directory: 'data.csv'\n" in text
    assert "publish" not in text


def test_summary_of_a_syntax_error() -> None:
    error = raised(lambda: compile("a b", "<string>", "exec"))
    text = error_pages.raised(SCOPE, error).body.decode()
    assert "SyntaxError: invalid syntax" in text.partition("GET /buy failed")[0]


def test_file_names_are_unchanged_without_ipython(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython.core.getipython", None)
    assert f'File "{__file__}"' in format_traceback(raised(lambda: int("x")))
