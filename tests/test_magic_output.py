"""What the magics print: help, hints, tracebacks and the list of apps."""

from __future__ import annotations

import asyncio

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyterlite_asgi.notebook import serve
from jupyterlite_asgi.serve_options import FLAGS, Options

from .support.apps import says
from .support.fake_host import FakeHost
from .support.magics import browser, run


@pytest.mark.parametrize("word", ["-h", "--help"])
@pytest.mark.parametrize("magic", ["%asgi_serve", "%asgi_stop", "%asgi_list"])
def test_help_is_printed(
    magic: str, word: str, magics: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(magics, f"{magic} {word}").success
    assert magic in capsys.readouterr().out


def test_help_explains_each_option(
    magics: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    run(magics, "%asgi_serve --help")
    text = capsys.readouterr().out
    for flag in FLAGS.values():
        assert f"\n  --{flag.name} {flag.placeholder}".rstrip() in text
        assert flag.help in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100
    assert "\n  --replace                     take the name over from another notebook;" in text


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("0\n\ns = %asgi_serve 1 / 0", ["----> 3 s = %asgi_serve 1 / 0"]),
        (
            "def make():\n    return 1 / 0\n%asgi_serve make() --name shop",
            ["----> 3 %asgi_serve make() --name shop", "----> 2     return 1 / 0"],
        ),
    ],
)
def test_traceback_shows_only_the_users_lines(
    cell: str, shown: list[str], magics: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    run(magics, cell)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("---->")] == shown
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "jupyterlite_asgi" not in "\n".join(lines)


def test_traceback_of_a_fault_of_ours_is_whole(
    magics: InteractiveShell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("jupyterlite_asgi.notebook.magic.parse", None)
    run(magics, "%asgi_serve app")
    assert "magic.py" in capsys.readouterr().out


def test_option_for_a_port_has_no_effect_and_says_so(
    magics: InteractiveShell,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    served = browser(monkeypatch, jspi=False)
    run(magics, "%asgi_serve app --port 8000 --reload;")
    assert [options for _, _, options in served] == [Options()]
    assert capsys.readouterr().out == (
        "--port has no effect: the app is reached by its URL on this site, not by a port.\n"
        "--reload has no effect: run the cell again to serve a new version of the app.\n"
    )


def test_list(magics: InteractiveShell, host: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("bookshop", "blog"):
        asyncio.run(host.serve(says("hello"), name))
    serve.servers()[0]._runner.state = "failed"
    assert run(magics, "%asgi_list # all of them").error_in_exec is None
    assert capsys.readouterr().out.splitlines() == [
        "blog      failed   https://example.org/demo/asgi/blog/",
        "bookshop  running  https://example.org/demo/asgi/bookshop/",
    ]


def test_list_without_apps(magics: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    run(magics, "%asgi_list")
    assert capsys.readouterr().out == "No app is served; start one with `%asgi_serve app`.\n"
