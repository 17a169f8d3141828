"""The apps that this process serves, by name: one at a time is started, replaced or stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ..errors import ServeError
from .events import Failed, Listener, Served, Stopped, Taken, ignore
from .mount import Mount
from .options import Options
from .runner import Runner, State
from .server import Server

if TYPE_CHECKING:
    from ..hosts.base import Host
    from ..types import ASGIApp

#: How many names are tried, ``app`` to ``app-9``, before serving gives up.
_ATTEMPTS = 9


class Registry:
    """Serves apps on a host.

    Args:
        find_host: gives the host, or raises ServeError where there is none.
        listener: hears of each event.
        report: called with a sentence and an exception that nobody awaits.
    """

    def __init__(
        self,
        find_host: Callable[[], Host],
        listener: Listener = ignore,
        report: Callable[[str, Exception], object] = lambda sentence, error: None,
    ) -> None:
        self._find_host, self._listener, self._report = find_host, listener, report
        self._host: Host | None = None
        self._mounts: dict[str, Mount] = {}
        self._servers: dict[str, Server] = {}
        self._renamed: dict[str, str] = {}  # names that were asked for, where another was free
        self._changing = asyncio.Lock()  # serving and stopping take turns
        self._tasks: set[asyncio.Task[None]] = set()  # a loop alone holds tasks only weakly

    def servers(self) -> list[Server]:
        """The apps that are served, by name."""
        return [self._servers[name] for name in sorted(self._servers)]

    def named(self, name: str | None) -> Server:
        """The server of that name, or the only one.

        Raises:
            ServeError: there is none, or no name was given and there are several.
        """
        known = ", ".join(sorted(self._servers))
        if not self._servers:
            raise ServeError("No app is served; start one with `%asgi_serve app`.")
        if name is None and len(self._servers) == 1:
            return next(iter(self._servers.values()))
        if name is None:
            raise ServeError(f"Several apps are served: say which to stop, one of {known}.")
        if name not in self._servers:
            raise ServeError(f"No app is served as {name!r}; there is {known}.")
        return self._servers[name]

    async def serve(self, app: ASGIApp, name: str, options: Options) -> Server:
        """Serve ``app`` under ``name``, or under the next free number behind it.

        An app that is served under the name already is replaced: requests wait, the old app's
        lifespan shuts down, the new one's starts, the requests go on.

        Raises:
            ServeError: there is no host, or no free name.
            Exception: what kept the app from starting.
        """
        self._host = host = self._host or self._find_host()
        await host.check()
        async with self._changing:
            current = self._servers.get(self._renamed.get(name, name))
            if current is not None and (current.name == name or not options.replace):
                mount = self._mounts[current.name]
                old, mount.runner = mount.runner, self._make(app, mount.name, options)
                await self._mount(host, mount, options)
            else:
                mount, old = await self._claim(host, app, name, options), None
                if current is not None:  # which another name is given
                    await self._retire(current)
            return await self._start(mount, old, options.open)

    async def stop(self, server: Server) -> None:
        """Shut ``server`` down and free its name; see ``Server.stop``."""
        async with self._changing:
            if self._servers.get(server.name) is server:
                await self._stop(server.name)

    def _make(self, app: ASGIApp, name: str, options: Options) -> Runner:
        return Runner(app, name, options.timeout, self._listener)

    async def _mount(
        self, host: Host, mount: Mount, options: Options, *, steal: bool = False
    ) -> bool:
        runner = mount.runner
        server = self._servers[mount.name] = Server(mount, runner, self.stop)
        self._mounts[mount.name] = mount  # it may be lost as soon as it is held
        endpoint = await host.mount(
            mount.name,
            runner.app,
            timeout=options.timeout,
            inject=options.inject,
            steal=steal,
            on_loss=partial(self._lose, mount),
        )
        if endpoint is not None:
            mount.endpoint = endpoint
        elif self._servers.get(mount.name) is server:
            self._forget(mount.name)
        return endpoint is not None

    async def _claim(self, host: Host, app: ASGIApp, name: str, options: Options) -> Mount:
        for number in range(1, _ATTEMPTS + 1):
            numbered = name if number == 1 else f"{name}-{number}"
            if numbered in self._mounts:
                continue  # ours, of another app
            mount = Mount(numbered, self._make(app, numbered, options))
            if await self._mount(host, mount, options, steal=options.replace):
                self._renamed[name] = numbered
                return mount
        raise ServeError(
            f"The names {name} to {name}-{_ATTEMPTS} are served from other notebooks: "
            "stop one of those apps, or choose another --name."
        )

    async def _start(self, mount: Mount, old: Runner | None, open: str) -> Server:
        runner = mount.runner
        server = self._servers.get(mount.name) or Server(mount, runner, self.stop)
        event: type[Served | Failed] = Failed
        try:
            if old is not None:
                await self._shut_down(mount.name, old, "replaced")
            await runner.start_up()
            event = Served
        except Exception as error:
            runner.fail(error)  # the page shows what the cell shows
            raise
        except BaseException:
            runner.fail(ServeError("Serving this app was cut short: run its cell again."))
            raise
        finally:
            if self._mounts.get(mount.name) is mount:
                self._listener(event(mount.name, mount.url, open))
        return server

    async def _stop(self, name: str) -> None:
        mount = self._forget(name)
        try:
            # The name is held until the requests in flight are answered: else they are lost.
            await mount.runner.shut_down("stopped")
        finally:
            try:
                await mount.endpoint.close()
            finally:
                self._listener(Stopped(name, mount.url))

    def _forget(self, name: str) -> Mount:
        del self._servers[name]
        for asked in [asked for asked, given in self._renamed.items() if given == name]:
            del self._renamed[asked]
        return self._mounts.pop(name)

    def _lose(self, mount: Mount) -> None:
        """Another process has taken the name; runs in the callback that says so."""
        if self._mounts.get(mount.name) is not mount:
            return
        self._forget(mount.name)
        mount.runner.state = "taken"
        if hasattr(mount, "endpoint"):
            self._listener(Taken(mount.name, mount.url))
        task = asyncio.get_running_loop().create_task(self._shut_down_lost(mount))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _shut_down_lost(self, mount: Mount) -> None:
        async with self._changing:  # it may be starting
            await self._shut_down(mount.name, mount.runner, "taken")

    async def _retire(self, server: Server) -> None:
        """Stop an app whose place another one takes under another name."""
        if self._servers.get(server.name) is server:
            runner = self._mounts[server.name].runner
            try:
                await self._stop(server.name)
            except Exception as error:
                self._report_shutdown(server.name, runner, error)

    async def _shut_down(self, name: str, runner: Runner, state: State) -> None:
        try:
            await runner.shut_down(state)
        except Exception as error:
            self._report_shutdown(name, runner, error)

    def _report_shutdown(self, name: str, runner: Runner, error: Exception) -> None:
        self._report(f"The {runner.state} app {name!r} failed while it shut down:", error)
