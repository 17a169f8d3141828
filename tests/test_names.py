from __future__ import annotations

import pytest

from jupyterlite_asgi import ServeError
from jupyterlite_asgi.notebook import serve as notebook
from jupyterlite_asgi.notebook.serve import serve, serve_expression, servers
from jupyterlite_asgi.serve_options import Options
from jupyterlite_asgi.serving.events import Served

from .support.apps import says
from .support.fake_host import SITE, FakeHost

TOO_LONG = (
    "Chromium ends a request that has no response after 310 seconds, so with a timeout of 300.5 "
    "clients may get a network error: choose 300 or less.\n"
)


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("app", "app"),
        ("shop.api", "shop"),
        ("make_app(1)", "make_app"),
        ("_private", "private"),
        ("__app__", "app"),
        ("caf\u00e9", "app"),
        ("await make()", "app"),
        ("\u03bb", "app"),
        ("(app)", "app"),
        ("[x][0]", "app"),
        ("a" * 100, "app"),
    ],
)
async def test_default_name_comes_from_the_expression(
    expression: str, name: str, host: FakeHost
) -> None:
    server = await serve_expression(says("hello"), expression, Options())
    assert server.name == name


@pytest.mark.parametrize(
    "name", ["", "a b", "a/b", "-app", "_app", "-", "café", "a.b", "..", "a" * 65, "app\n"]
)
async def test_invalid_name_is_refused(name: str, host: FakeHost) -> None:
    with pytest.raises(ServeError, match="is not a valid name: use up to 64"):
        await host.serve(says("hello"), name)


async def test_invalid_place_is_refused(host: FakeHost) -> None:
    with pytest.raises(ServeError, match="choose one of panel, inline, tab, none"):
        await host.serve(says("hello"), open="window")


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
async def test_invalid_timeout_is_refused(timeout: float, host: FakeHost) -> None:
    with pytest.raises(ServeError, match="is invalid: use a number of seconds above 0"):
        await host.serve(says("hello"), timeout=timeout)


@pytest.mark.parametrize(("timeout", "notice"), [(300, ""), (300.5, TOO_LONG)])
async def test_timeout_beyond_chromiums_limit_prints_a_notice(
    timeout: float, notice: str, host: FakeHost, capsys: pytest.CaptureFixture[str]
) -> None:
    server = await host.serve(says("hello"), timeout=timeout)
    assert server.timeout == timeout
    assert capsys.readouterr().out == notice


async def test_name_in_use_by_another_notebook_gets_a_number(
    host: FakeHost, capsys: pytest.CaptureFixture[str]
) -> None:
    host.elsewhere = {"app", "app-2"}

    server = await host.serve(says("hello"))
    assert server.name == "app-3"
    assert server.url == "https://example.org/demo/asgi/app-3/"
    assert await host.request("app-3").text() == "hello"
    assert capsys.readouterr().out == (
        "'app' is served from another notebook, so this app is 'app-3'; "
        "to take the name over, add --replace.\n"
    )


async def test_number_in_use_by_this_kernel_is_skipped(host: FakeHost) -> None:
    host.elsewhere = {"app"}

    await host.serve(says("mine"), "app-2")
    assert (await host.serve(says("hello"))).name == "app-3"
    assert await host.request("app-2").text() == "mine"


async def test_rerun_of_a_numbered_app_replaces_it(host: FakeHost) -> None:
    host.elsewhere = {"app"}

    first = await host.serve(says("one"))
    second = await host.serve(says("two"))
    assert (first.name, first.state) == ("app-2", "replaced")
    assert second.name == "app-2"


async def test_error_if_all_numbers_are_in_use(host: FakeHost) -> None:
    host.elsewhere = {"app", *(f"app-{number}" for number in range(2, 20))}

    with pytest.raises(ServeError, match="names app to app-9 are served from other notebooks"):
        await host.serve(says("hello"))
    assert servers() == []


async def test_serve_uses_the_name_of_the_variable(host: FakeHost) -> None:
    shop = says("hello")
    assert (await serve(shop)).name == "shop"
    assert (await serve(says("hello"))).name == "app"
    assert (await serve(shop, "other")).name == "other"
    _5 = says("hello")
    assert (await serve(_5)).name == "app"
    assert host.events[-1] == Served("app", f"{SITE}asgi/app/", "panel")


async def test_servers_are_listed_and_found_by_name(host: FakeHost) -> None:
    named = notebook.registry.named
    with pytest.raises(ServeError, match="No app is served"):
        named(None)
    two = await host.serve(says("two"), "two")
    assert named(None) is two
    one = await host.serve(says("one"), "one")
    assert servers() == [one, two]
    assert named("one") is one
    with pytest.raises(ServeError, match="name the one to stop, out of one, two"):
        named(None)
    with pytest.raises(ServeError, match="No app is served as 'three', only one, two"):
        named("three")


async def test_number_of_a_stopped_app_is_not_reused_for_its_expression(host: FakeHost) -> None:
    host.elsewhere = {"app"}

    renamed = await host.serve(says("one"))
    assert renamed.name == "app-2"
    await renamed.stop()
    other = await host.serve(says("two"), "app-2")
    third = await host.serve(says("three"))
    assert (other.state, third.name) == ("running", "app-3")
