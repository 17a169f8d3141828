"""The apps that this process serves, by name."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial

from .. import preemption
from ..errors import ServeError
from ..hosts.base import Host
from ..serve_options import Options
from ..types import ASGIApp
from .events import Failed, Listener, Served, Starting, Stopped, Taken
from .mount import Mount
from .runner import Runner, State
from .server import Server

#: How many names to try: ``app`` to ``app-9``.
_ATTEMPTS = 9


class Registry:
    """Serves apps on a host.

    Args:
        find_host: returns the host, or raises ServeError if there is none.
        listener: called with each event.

    It prints exceptions that no caller would see.
    """

    def __init__(self, find_host: Callable[[], Host], listener: Listener) -> None:
        self._find_host, self._listener = find_host, listener
        self._host: Host | None = None
        self._mounts: dict[str, Mount] = {}
        self._servers: dict[str, Server] = {}
        self._renamed: dict[str, str] = {}  # requested names, to the names used instead
        self._changing = asyncio.Lock()  # one app starts or stops at a time
        self._tasks: set[asyncio.Task[None]] = set()  # loops only hold weak references

    def servers(self) -> list[Server]:
        """Return the apps that are served, sorted by name."""
        return [self._servers[name] for name in sorted(self._servers)]

    def named(self, name: str | None) -> Server:
        """Return the named server, or the only one.

        Raises:
            ServeError: there is none, or there are several and ``name`` is None.
        """
        known = ", ".join(sorted(self._mounts))
        if not self._mounts:
            raise ServeError("No app is served; start one with `%asgi_serve app`.")
        if name is None and len(self._mounts) == 1:
            return self.servers()[0]
        if name is None:
            raise ServeError(f"Several apps are served: name the one to stop, out of {known}.")
        if name not in self._mounts:
            raise ServeError(f"No app is served as {name!r}, only {known}.")
        return self._servers[name]

    async def serve(self, app: ASGIApp, name: str, options: Options) -> Server:
        """Serve ``app`` under ``name``, or with the next free number appended.

        If the name is already in use here, its app is replaced: requests wait while the old app's
        lifespan shuts down and the new one's starts.

        Raises:
            ServeError: there is no host, or no free name, or the cell was interrupted.
            Exception: the app failed to start.
        """
        with preemption.explain_interrupt(_interruption):
            return await self._serve(app, name, options)

    async def _serve(self, app: ASGIApp, name: str, options: Options) -> Server:
        self._host = host = self._host or self._find_host()
        await host.check()
        async with self._changing:
            current, old = self._mounts.get(self._renamed.get(name, name)), None
            if current is not None and (current.name == name or not options.replace):
                old = current.runner
                if await self._mount(host, current, app, options):
                    return await self._start(current, old, options.open)
            mount = await self._claim(host, app, name, options)
            if current is not None and self._is_served(current):
                with _failing(mount.runner), _printing(current, current.runner):
                    await self._stop(current)  # its app now has the requested name
            return await self._start(mount, old, options.open)

    async def stop(self, server: Server) -> None:
        """Shut ``server`` down and free its name; see ``Server.stop``."""
        async with self._changing:
            if self._servers.get(server.name) is server:
                await self._stop(self._mounts[server.name])

    async def _mount(self, host: Host, mount: Mount, app: ASGIApp, options: Options) -> bool:
        """Mount ``app`` under the name; return False if another process holds it."""
        mount.runner = Runner(app, mount.name, options, self._listener)
        self._servers[mount.name] = Server(mount, mount.runner, self.stop)
        self._mounts[mount.name] = mount  # before host.mount(), which may call lose
        lose = partial(self._lose, mount)
        try:
            endpoint = await host.mount(mount.name, mount.runner.app, options, lose)
        except BaseException:
            if mount.endpoint is None:
                self._forget(mount)
            raise
        if endpoint is None:
            self._forget(mount)
            return False
        mount.endpoint = endpoint
        return True

    async def _claim(self, host: Host, app: ASGIApp, name: str, options: Options) -> Mount:
        for number in range(1, _ATTEMPTS + 1):
            numbered = name if number == 1 else f"{name}-{number}"
            if numbered in self._mounts:
                continue  # one of our other apps
            mount = Mount(numbered)
            if await self._mount(host, mount, app, options):
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
        if self._is_served(mount):
            self._listener(Starting(mount.name, mount.url))
        try:
            with _failing(runner):
                if old is not None:
                    await self._shut_down(mount, old, "replaced")
                await runner.start_up()
            event = Served
        finally:
            if self._is_served(mount):
                self._listener(event(mount.name, mount.url, open))
        return server

    async def _stop(self, mount: Mount) -> None:
        self._forget(mount)
        try:
            await mount.runner.drain("stopped")
        finally:
            try:
                await mount.runner.shut_down()
            finally:
                await self._free(mount)  # last, or requests in flight would be lost

    async def _free(self, mount: Mount) -> None:
        try:
            if mount.endpoint is not None:
                await mount.endpoint.close()
        finally:
            self._listener(Stopped(mount.name, mount.url))

    def _is_served(self, mount: Mount) -> bool:
        return self._mounts.get(mount.name) is mount

    def _forget(self, mount: Mount) -> None:
        if self._is_served(mount):
            del self._mounts[mount.name], self._servers[mount.name]
            self._renamed = {a: b for a, b in self._renamed.items() if b != mount.name}

    def _lose(self, mount: Mount) -> None:
        """Handle that another process has taken the name over."""
        if not self._is_served(mount):
            return
        self._forget(mount)
        mount.runner.state = "taken"
        if mount.endpoint is not None:
            self._listener(Taken(mount.name, mount.url))
        task = asyncio.get_running_loop().create_task(self._shut_down_lost(mount))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _shut_down_lost(self, mount: Mount) -> None:
        async with self._changing:  # the app may be starting
            await self._shut_down(mount, mount.runner, "taken")

    async def _shut_down(self, mount: Mount, runner: Runner, state: State) -> None:
        try:
            await runner.drain(state)
        finally:
            with _printing(mount, runner):
                await runner.shut_down()


@contextlib.contextmanager
def _printing(mount: Mount, runner: Runner) -> Iterator[None]:
    """Print what the app raises in its shutdown."""
    try:
        yield
    except Exception as error:
        sys.stderr.write(f"The {runner.state} app {mount.name!r} failed to shut down:\n")
        traceback.print_exception(error)


@contextlib.contextmanager
def _failing(runner: Runner) -> Iterator[None]:
    """Let the app's page show the same error as the cell."""
    try:
        yield
    except Exception as error:
        runner.fail(error)
        raise
    except BaseException:
        runner.fail(_interruption())
        raise


def _interruption() -> ServeError:
    return ServeError("Serving this app was interrupted: run its cell again.")
