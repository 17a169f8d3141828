"""Loading and serving a published app, on a host in memory."""

from __future__ import annotations

import asyncio
import gc
import html
import json
import os
import random
import sys
import tempfile
import textwrap
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyterlite_asgi import published
from jupyterlite_asgi.serving import places
from jupyterlite_asgi.site import BASE_URL_VARIABLE

from .support.app_call import REQUEST, AppCall, http
from .support.memory_host import MemoryHost

APP = """
    from pathlib import Path

    GREETING = "hello"

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": GREETING.encode()})
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(BASE_URL_VARIABLE, "")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setattr(places, "_folders", [])
    # As in a browser, our package is among the app's.
    ours = (*places.LIBRARIES, str(Path(published.__file__).parent))
    monkeypatch.setattr(places, "LIBRARIES", ours)
    yield tmp_path
    gc.unfreeze()
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def host() -> MemoryHost:
    return MemoryHost()


async def serve(host: MemoryHost, on_loss: Callable[[], object] = lambda: None) -> str:
    """Serve the app that was loaded; return why that failed, as JSON."""
    return await published.serve("https://example.org/", on_loss, lambda: host)


async def load(folder: Path, source: str, expression: str = "app", **more: Any) -> dict[str, str]:
    """Load an app from its source code; return what it failed of, if anything."""
    module = folder / "shop.py"
    module.write_text(textwrap.dedent(source))
    config = {"name": "shop", "module": str(module), "expression": expression, **more}
    return dict(json.loads(await published.load(json.dumps(config)) or "{}"))


async def body(host: MemoryHost, path: str = "/", accept: bytes = b"*/*") -> str:
    """The body that the served app sends."""
    scope = http(path)
    scope["headers"] = [*scope["headers"], (b"accept", accept)]
    messages = await AppCall(host.endpoints["shop"].app, scope, REQUEST).all()
    return b"".join(message.get("body", b"") for message in messages).decode()


def install(folder: Path, source: str) -> None:
    """Add a package ``kit`` to an app."""
    (folder / "lib").mkdir()
    (folder / "lib" / "kit.py").write_text(textwrap.dedent(source))


KIT = """
    def call(function):
        try:
            open_shelf()
        except LookupError as error:
            return function()

    def open_shelf():
        raise LookupError("no shelf")
"""


async def test_app_is_loaded_and_served(folder: Path, host: MemoryHost) -> None:
    assert await load(folder, APP) == {}
    assert await serve(host) == ""
    assert os.environ[BASE_URL_VARIABLE] == "https://example.org/"
    assert await body(host) == "hello"


async def test_module_is_imported_under_its_name_from_its_folder(folder: Path) -> None:
    await load(folder, "import os\nhere = os.getcwd()\n" + textwrap.dedent(APP))
    assert sys.modules["shop"].here == str(folder)


@pytest.mark.parametrize("end", ["", "raise ValueError"])
async def test_garbage_is_collected_only_once_the_app_is_there(folder: Path, end: str) -> None:
    source = f"""
    import gc
    Path("seen").write_text(str(gc.get_threshold()[0]))
    {end}
"""
    before = gc.get_threshold()
    await load(folder, APP + source)
    assert (folder / "seen").read_text() == "0"
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() > 0


async def test_what_the_app_says_of_the_garbage_collector_remains(folder: Path) -> None:
    before = gc.get_threshold()
    try:
        await load(folder, APP + "\n    import gc; gc.disable(); gc.set_threshold(50_000)")
        assert not gc.isenabled()
        assert gc.get_threshold()[0] == 50_000
    finally:
        gc.enable()
        gc.set_threshold(*before)


async def test_expression_may_call_a_function(folder: Path, host: MemoryHost) -> None:
    await load(folder, APP + "\n    def make(): return app", "make()")
    await serve(host)
    assert await body(host) == "hello"


async def test_cells_of_a_notebook_may_await(folder: Path, host: MemoryHost) -> None:
    cells = "import asyncio\nGREETING = await asyncio.sleep(0, 'waited')\n"
    source = cells + textwrap.dedent(APP).replace('GREETING = "hello"', "")
    assert await load(folder, source) == {}
    await serve(host)
    assert await body(host) == "waited"


async def test_error_in_the_module_is_shown_from_its_own_frame_on(folder: Path) -> None:
    fault = await load(folder, "x = 1\ny = x / 0\n")
    assert fault["sentence"] == (
        "The app did not start, because of an error in its code (shop.py, line 2): "
        "ZeroDivisionError: division by zero"
    )
    assert fault["detail"].splitlines()[1] == '  File "shop.py", line 2, in <module>'


async def test_syntax_error_is_shown(folder: Path) -> None:
    fault = await load(folder, "def app(:\n")
    assert "(shop.py, line 1): SyntaxError: invalid syntax" in fault["sentence"]
    assert '  File "shop.py", line 1\n' in fault["detail"]


async def test_error_in_a_package_is_shown_from_the_authors_frames_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(folder / "lib")
    install(folder, KIT)
    source = (
        "import kit\n\ndef give():\n    raise ValueError('closed\\nfor good')\n\nkit.call(give)\n"
    )
    fault = await load(folder, source)
    assert fault["sentence"].endswith("in its code (shop.py, line 4): ValueError: closed")
    frames = [line for line in fault["detail"].splitlines() if line.startswith("  File")]
    assert frames == [
        '  File "shop.py", line 6, in <module>',
        '  File "shop.py", line 4, in give',
    ]
    assert "no shelf" not in fault["detail"]
    assert fault["detail"].endswith("ValueError: closed\nfor good\n")


async def test_error_without_a_frame_of_the_authors_is_shown_with_all_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(folder / "lib")
    install(folder, "async def start():\n    raise ValueError('closed')\n")
    source = "import kit\n\nasync def app(scope, receive, send): ...\n"
    fault = await load(folder, source, "await kit.start()")
    assert fault["sentence"].endswith("in its code: ValueError: closed")
    assert "/lib/kit.py" in fault["detail"]


async def test_missing_package_is_named(folder: Path) -> None:
    fault = await load(folder, "import nowhere_to_be_found\n")
    assert fault["sentence"] == (
        "The app needs the module 'nowhere_to_be_found', which is not published with it: add its "
        "package to `requirements` or --requirements, and publish again."
    )


async def test_missing_file_is_named(folder: Path) -> None:
    fault = await load(folder, "open('data.csv')\n")
    assert fault["sentence"] == (
        "The app did not find 'data.csv': if it is a file of yours, add it to `files` or --files, "
        "and publish again."
    )


async def test_what_is_no_app_is_refused_as_in_a_notebook(folder: Path) -> None:
    fault = await load(folder, "app = 42\n")
    assert "app" in fault["sentence"]
    assert fault["detail"] == ""


async def test_invalid_option_is_refused(folder: Path) -> None:
    fault = await load(folder, APP, options={"timeout": -1})
    assert "timeout" in fault["sentence"]


async def test_exit_in_the_module_is_an_error(folder: Path) -> None:
    assert "SystemExit" in (await load(folder, "raise SystemExit(1)"))["sentence"]


async def test_failed_startup_is_reported(folder: Path, host: MemoryHost) -> None:
    await load(
        folder,
        """
        async def app(scope, receive, send):
            if scope["type"] == "lifespan":
                await receive()
                await send({"type": "lifespan.startup.failed", "message": "no database"})
        """,
    )
    fault = json.loads(await serve(host))
    assert fault["sentence"].endswith("LifespanFailed: no database")


async def test_error_page_shows_the_authors_frames_first(
    folder: Path, host: MemoryHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(folder / "lib")
    install(folder, KIT)
    source = """
        import kit

        async def app(scope, receive, send):
            kit.call(give)

        def give():
            raise ValueError("closed")
    """
    await load(folder, source)
    await serve(host)
    page = await body(host, "/buy", b"text/html")
    own, summary, full = page.partition("<details>")
    assert "GET /asgi/app/buy failed in shop.py, line 8." in own
    assert "File &quot;shop.py&quot;, line 5, in app" in own
    assert "File &quot;shop.py&quot;, line 8, in give" in own
    assert "kit.py" not in own
    assert "no shelf" not in own
    assert summary
    assert "/lib/kit.py" in full
    assert "no shelf" in full


READING = """
    import os

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        {}
"""
HINT = "The app did not find {!r}: if it is a file of yours, add it to `files` or --files"


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("open('data.csv')", HINT.format("data.csv")),
        ("open(os.path.abspath('data/a.csv'))", "/data/a.csv': if it is a file of yours"),
        ("os.listdir(b'data')", HINT.format(b"data")),
        ("open('/nowhere/data.csv')", ""),
        ("open('lib/kit/data.csv')", ""),
        ("raise FileNotFoundError('data.csv')", ""),
        ("raise FileNotFoundError(2, 'No such file', 'shop.py')", ""),
        ("os.stat(10**6)", ""),
    ],
)
async def test_file_that_a_request_does_not_find(
    folder: Path, host: MemoryHost, statement: str, hint: str
) -> None:
    await load(folder, READING.format(statement))
    await serve(host)
    page = html.unescape(await body(host, accept=b"text/html"))
    detail = page.partition("<p>")[2].partition("</p>")[0]
    assert detail.startswith("GET /asgi/app/ failed in shop.py, line 6.")
    assert hint in detail
    assert ("publish again" in page) == bool(hint)
    title = page.partition("<h1>")[2].partition("</h1>")[0]
    assert "publish again" not in title


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tracebacks have no notes")
async def test_file_whose_absence_causes_another_error(folder: Path, host: MemoryHost) -> None:
    statement = "try: open('data.csv')\n        except OSError: raise ValueError('no data')"
    await load(folder, READING.format(statement))
    await serve(host)
    page = html.unescape(await body(host, accept=b"text/html"))
    assert "<h1>ValueError: no data</h1>" in page
    assert HINT.format("data.csv") in page.partition("<pre>")[2]


async def test_late_response_names_the_authors_line(
    folder: Path, host: MemoryHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(folder / "lib")
    install(folder, "import asyncio\nasync def wait():\n    await asyncio.Event().wait()\n")
    source = """
        import kit

        async def app(scope, receive, send):
            assert scope["type"] == "http"
            await kit.wait()
    """
    await load(folder, source, options={"timeout": 0.01})
    await serve(host)
    assert "timed out while it waited at shop.py, line 6:" in await body(host)


async def test_loss_of_the_name_is_notified_once(folder: Path, host: MemoryHost) -> None:
    losses: list[None] = []
    await load(folder, APP)
    await serve(host, lambda: losses.append(None))
    host.endpoints["shop"].on_loss()
    assert losses == [None]


async def test_use_counts_requests_with_their_background_tasks(
    folder: Path, host: MemoryHost
) -> None:
    before = json.loads(published.use())["received"]
    waiting = """
        STARTED.set()
        await GO.wait()

    import asyncio
    STARTED, GO = asyncio.Event(), asyncio.Event()
    """
    await load(folder, APP.rstrip() + waiting)
    await serve(host)

    def use() -> list[int]:
        found = json.loads(published.use())
        return [found["received"] - before, found["running"]]

    assert use() == [0, 0]
    request = asyncio.ensure_future(body(host))
    await sys.modules["shop"].STARTED.wait()
    assert use() == [1, 1]
    sys.modules["shop"].GO.set()
    await request
    assert use() == [1, 0]


async def test_modules_are_preloaded(folder: Path) -> None:
    (folder / "later.py").write_text("")
    (folder / "broken.py").write_text("1 / 0")
    await load(folder, APP, preload=["later", "broken", "absent"])
    assert "later" in sys.modules
    assert "broken" not in sys.modules


async def test_prefix_is_stripped_if_the_app_says_so(folder: Path, host: MemoryHost) -> None:
    source = APP.replace("GREETING.encode()", 'scope["path"].encode()')
    await load(folder, source, options={"strip_prefix": True})
    await serve(host)
    assert await body(host, "/items") == "/items"


def test_copies_of_one_memory_differ_once_they_are_renewed(folder: Path) -> None:
    tempfile._get_candidate_names()  # type: ignore[attr-defined]
    uuid.uuid1()
    drawn = []
    for _ in range(2):
        random.seed(1)
        published.renew(str(folder), "de_DE.UTF-8")
        drawn.append(random.random())
    assert drawn[0] != drawn[1]
    assert tempfile._name_sequence is None  # type: ignore[attr-defined]
    assert uuid._last_timestamp is None  # type: ignore[attr-defined]


def test_working_folder_and_language_are_renewed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    monkeypatch.delitem(sys.modules, "importlib.metadata", raising=False)
    published.renew(str(folder), "de_DE.UTF-8")
    assert "importlib.metadata" not in sys.modules  # it would have to be loaded first
    assert os.environ["LANG"] == "de_DE.UTF-8"
    assert Path.cwd() == folder


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows cannot change the zone")
@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Europe/Berlin", "America/St_Johns", "UTC"])
def test_time_zone_is_that_of_the_reader(
    folder: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    names = ("timezone", "altzone", "daylight", "tzname")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    expected = [getattr(time, name) for name in names]
    for name in names:
        monkeypatch.setattr(time, name, None)
    published.renew(str(folder), "C.UTF-8")
    found = [getattr(time, name) for name in names]
    monkeypatch.undo()
    time.tzset()
    assert found == expected
