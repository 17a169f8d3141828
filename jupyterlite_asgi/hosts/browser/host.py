"""The JupyterLite site that this kernel runs in, as a host."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from ...errors import ServeError
from ...serve_options import Options
from ...site import PREFIX, busy_url, site_url, version_url
from ...types import ASGIApp
from . import busy
from .endpoint import BrowserEndpoint
from .kernel_script import guard_kernel
from .protocol import VERSION, kernel_lock
from .support import NO_WORKER, why_unsupported
from .webapi import Lock, fetch_json, fetch_text, random_id
from .workers import exchanges

#: Seconds between two messages to the worker while a stream is open: Firefox stops a worker that
#: is idle for 30 seconds, and ends its streams as if they were complete.
KEEP_ALIVE = 15.0

#: Seconds to wait for a newly installed service worker to control this kernel.
PATIENCE = 3.0


class BrowserHost:
    """Serves names to the pages of the site, through its service worker.

    Raises:
        ServeError: the site's URL is unknown, or the browser lacks what apps need.
    """

    def __init__(self) -> None:
        base_url = site_url()
        if not base_url:
            raise ServeError(
                "This site has the Python package but not the extension: "
                "build it again with `pip install jupyterlite-asgi` and `jupyter lite build`."
            )
        if unsupported := why_unsupported(base_url):
            raise ServeError(unsupported)
        self._base_url = base_url
        guard_kernel(base_url + PREFIX, self._serves)  # before any lock is requested
        self._identity = Lock(kernel_lock(urlsplit(base_url).path, random_id()))
        self._identity.acquire(wait=True)
        self._endpoints: dict[str, BrowserEndpoint] = {}
        self._keep_alive: asyncio.Future[None] | None = None

    async def check(self) -> None:
        """Check that the site's service worker includes our script.

        Raises:
            ServeError: there is no worker, or it lacks our script or has another version of it.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while (answer := await fetch_json(version_url(self._base_url))) is None:
            if loop.time() > deadline:
                raise ServeError(await self._why_no_worker())
            await asyncio.sleep(0.1)
        if answer.get("protocol") != VERSION:
            raise ServeError(
                "The site was updated while this page was open, so this kernel is incompatible "
                f"with the service worker of version {answer.get('version')}: "
                "save the notebook and reload the page."
            )
        if self._keep_alive is None:
            busy.listen(busy_url(self._base_url), self._names, exchanges)
            self._keep_alive = asyncio.ensure_future(_keep_alive(version_url(self._base_url)))

    async def mount(
        self, name: str, app: ASGIApp, options: Options, on_loss: Callable[[], None]
    ) -> BrowserEndpoint | None:
        """See ``Host.mount``."""
        endpoint = self._endpoints.get(name)
        if endpoint is None or not endpoint.is_open:
            endpoint = BrowserEndpoint(self._base_url, name, self._identity.name)
        endpoint.mount(app, options, on_loss)
        if not endpoint.is_open and not await endpoint.open(steal=options.replace):
            return None
        self._endpoints[name] = endpoint
        return endpoint

    def _serves(self, url: str) -> bool:
        """Return whether ``url`` is inside an app of this kernel."""
        return any(url.startswith(each.url) for each in self._endpoints.values() if each.is_open)

    def _names(self) -> list[str]:
        return [name for name, endpoint in self._endpoints.items() if endpoint.is_open]

    async def _why_no_worker(self) -> str:
        if "jupyterlite-asgi" in await fetch_text(f"{self._base_url}service-worker.js"):
            return NO_WORKER
        return (
            "This site was built without the jupyterlite-asgi addon: build it again with "
            "`pip install jupyterlite-asgi` and `jupyter lite build`, then reload the page."
        )


async def _keep_alive(url: str) -> None:
    """Fetch something from the worker regularly while a stream is open."""
    while True:
        await asyncio.sleep(KEEP_ALIVE)
        if exchanges.open:
            await fetch_json(url)
