"""Two notebooks and one name: ``--replace`` in the kernel that takes it."""

from __future__ import annotations

import pytest

from jupyterlite_asgi import preemption
from jupyterlite_asgi.errors import ServeError
from jupyterlite_asgi.notebook.serve import serve, servers

from .support.apps import says
from .support.cell import Cell
from .support.fake_host import FakeHost
from .support.shop import Shop


async def test_replace_takes_the_name(host: FakeHost, capsys: pytest.CaptureFixture[str]) -> None:
    host.elsewhere = {"app"}

    server = await host.serve(says("hello"), replace=True)
    assert (server.name, host.elsewhere) == ("app", set())
    assert await host.request("app").text() == "hello"
    assert capsys.readouterr().out == ""


async def test_serve_has_the_option(host: FakeHost) -> None:
    host.elsewhere = {"shop"}

    assert (await serve(says("hello"), "shop", replace=True)).name == "shop"


async def test_replacing_a_free_name_just_serves(host: FakeHost) -> None:
    assert (await host.serve(says("hello"), replace=True)).name == "app"


async def test_replacing_a_name_of_this_kernel_is_a_rerun(host: FakeHost) -> None:
    old = await host.serve(Shop())
    new = await host.serve(says("hello"), replace=True)
    assert (old.state, old.url) == ("replaced", new.url)
    assert servers() == [new]


async def test_replace_moves_a_numbered_app_to_the_requested_name(host: FakeHost) -> None:
    host.elsewhere = {"app"}
    shop = Shop()

    numbered = await host.serve(shop)
    assert numbered.name == "app-2"
    moved = await host.serve(says("hello"), replace=True)
    assert (moved.name, servers(), list(host.endpoints)) == ("app", [moved], ["app"])
    assert await host.request("app").text() == "hello"
    assert (numbered.state, shop.log) == ("stopped", ["stops"])
    assert host.happened == ["starting", "served", "stopped", "starting", "served"]


async def test_request_in_flight_is_answered_when_its_app_moves(host: FakeHost) -> None:
    host.elsewhere = {"app"}
    shop = Shop()

    await host.serve(shop)
    client = host.request("app-2")
    await shop.reached.wait()
    await host.serve(says("hello"), replace=True)
    assert await client.text() == "sold out"
    assert shop.log == ["http.disconnect", "stops"]


async def test_interrupt_while_the_numbered_app_ends_is_explained_on_the_page(
    host: FakeHost,
) -> None:
    host.elsewhere = {"app"}
    shop = Shop()
    await host.serve(shop)
    host.request("app-2")
    await shop.reached.wait()
    cell = Cell(host.serve(says("hello"), replace=True))
    await shop.disconnected.wait()
    preemption.interrupt()
    with pytest.raises(ServeError, match=r"^Serving this app was interrupted"):
        await cell.task
    assert [(server.name, server.state) for server in servers()] == [("app", "failed")]
    assert "interrupted: run its cell again" in await host.request("app").text()


async def test_number_of_a_moved_app_is_free(host: FakeHost) -> None:
    host.elsewhere = {"app"}

    await host.serve(says("hello"))
    moved = await host.serve(says("hello"), replace=True)
    other = await host.serve(says("other"), "app-2")
    assert (other.name, servers()) == ("app-2", [moved, other])
    assert await host.request("app-2").text() == "other"


async def test_rerun_after_a_move_replaces_the_moved_app(host: FakeHost) -> None:
    host.elsewhere = {"app"}

    await host.serve(says("hello"))
    moved = await host.serve(says("hello"), replace=True)
    again = await host.serve(says("hello"))
    assert (moved.state, again.name) == ("replaced", "app")
