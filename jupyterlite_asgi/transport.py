"""The browser's side of the kernel: channels, locks, fetch. The only module that imports ``js``.

Channels and locks are those of the platform (WHATWG HTML, section 9.5; W3C Web Locks API). Only the
holder of an app's lock listens on its channel, and the browser frees the lock however the holder
dies.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

import js
from comm import create_comm
from pyodide.ffi import JsException, create_once_callable, create_proxy, to_js

from .errors import ServeError
from .host import Comm, Deliver, Post, Service
from .protocol import (
    VERSION,
    CookieWrite,
    FromKernel,
    Ping,
    Pong,
    ProtocolError,
    Request,
    ToPages,
    app_lock,
    cookies_channel,
    decode,
    encode,
    requests_channel,
    terms_lock,
)
from .reconnect import Exchanges
from .site import site_url

#: The comm target that the labextension registers.
COMM_TARGET = "jupyterlite-asgi"

#: Seconds between two signs of life to the worker while it has a stream of ours: Firefox ends one
#: that gets none for 30 seconds, and its streams as if they were complete.
KEEP_ALIVE = 15.0

#: Seconds that a freshly installed service worker gets to take this kernel's requests.
PATIENCE = 3.0

#: Seconds that who takes a name waits for the one who had it to let go.
HANDOVER = 1.0


class BrowserHost:
    """The JupyterLite site that this kernel runs in.

    Raises:
        ServeError: the site does not say where it is.
    """

    def __init__(self) -> None:
        base_url = site_url()
        if not base_url:
            raise ServeError(
                "This site has the Python package but not the extension: "
                "build it again with `pip install jupyterlite-asgi` and `jupyter lite build`."
            )
        self.base_url = base_url
        self._base = urlsplit(base_url).path
        _KeepAlive.begin(f"{base_url}asgi/-/version")

    async def check(self) -> None:
        """Return if the site's service worker knows us.

        Raises:
            ServeError: there is none, or it is not ours.
        """
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not await self._worker_answers():
            if asyncio.get_running_loop().time() > deadline:
                raise ServeError(await self._why_no_worker())
            await asyncio.sleep(0.1)

    async def claim(
        self,
        name: str,
        service: Service,
        *,
        steal: bool = False,
        on_loss: Callable[[], None],
    ) -> BrowserEndpoint | None:
        """Hold ``name``; None where another kernel of this site holds it."""
        endpoint = BrowserEndpoint(self._base, name, on_loss)
        endpoint.serve(service)
        return endpoint if await endpoint.open(steal=steal) else None

    def open_comm(self, data: dict[str, Any]) -> Comm:
        """Tell the JupyterLab page of a served app."""
        comm: Comm = create_comm(target_name=COMM_TARGET, data=data)
        return comm

    async def _worker_answers(self) -> bool:
        try:
            response = await js.fetch(f"{self.base_url}asgi/-/version")
            answer = (await response.json()).to_py()
        except Exception:  # a network error, or a page of the host's instead of ours
            return False
        if answer.get("protocol") != VERSION:
            raise ServeError(
                "The site was updated while this page was open, so this kernel and the service "
                f"worker of version {answer.get('version')} do not understand each other: "
                "save the notebook and reload the page."
            )
        return True

    async def _why_no_worker(self) -> str:
        try:
            response = await js.fetch(f"{self.base_url}service-worker.js")
            ours = "jupyterlite-asgi" in await response.text()
        except Exception:
            ours = False
        if ours:
            return (
                "This window has no service worker, and without one no app can be reached: "
                "use https:// or localhost and a window that is not private, then reload the page."
            )
        return (
            "This site was built without the jupyterlite-asgi addon: build it again with "
            "`pip install jupyterlite-asgi` and `jupyter lite build`, then reload the page."
        )


class BrowserEndpoint:
    """A held name and its channel of requests.

    Args:
        base: the path of the site.
        name: the served app's.
        on_loss: called when another kernel has taken the name.
    """

    def __init__(self, base: str, name: str, on_loss: Callable[[], None]) -> None:
        self._base, self._name = base, name
        self._on_loss = on_loss
        self._service: Service
        self._lock = _Lock(app_lock(base, name))
        self._terms: _Lock | None = None
        self._told: asyncio.Future[bool]
        self._channel: _Channel | None = None

    async def open(self, *, steal: bool) -> bool:
        """Hold the name, if need be by taking it from who holds it; False where that fails.

        Who held it listens until it hears of its loss, and gives its terms free then. One that is
        busy for longer answers what it has got by then, too.
        """
        acquire = partial(self._lock.acquire, on_grant=self._listen, on_loss=self._lose)
        held = await acquire(steal=steal)
        # A worker that waited for its last holder's end is granted the name for a moment.
        while not held and not await _is_held(app_lock(self._base, self._name)):
            held = await acquire()
        if held and steal:
            await asyncio.wait([self._told], timeout=HANDOVER)
        return held

    def serve(self, service: Service) -> None:
        """Give what arrives to ``service`` from here on."""
        self._service = service
        if self._channel is not None:
            self._tell_terms()

    def tell(self, message: ToPages) -> None:
        """Send ``message`` to the app's pages."""
        channel = js.BroadcastChannel.new(cookies_channel(self._base, self._name))
        channel.postMessage(_object(encode(message)))
        channel.close()

    async def close(self) -> None:
        """Stop listening and give the name up; afterwards workers find that nobody holds it."""
        self._stop_listening()
        self._release_terms()
        self._lock.release()
        await asyncio.wait([self._lock.ended])  # which a cancelled wait leaves alone

    @property
    def dropped(self) -> int:
        """How many messages came to this kernel that it cannot read."""
        return _Channel.dropped

    def _listen(self) -> None:
        self._channel = _Channel(requests_channel(self._base, self._name), self._receive)
        self._tell_terms()

    def _tell_terms(self) -> None:
        self._release_terms()
        self._terms = _Lock(terms_lock(self._base, self._name, self._service.timeout))
        self._told = self._terms.acquire(wait=True)

    def _stop_listening(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _lose(self) -> None:
        self._stop_listening()
        self._release_terms()
        self._on_loss()

    def _release_terms(self) -> None:
        if self._terms is not None:
            self._terms.release()
            self._terms = None

    def _begin(self, request: Request, post: Post) -> Deliver | None:
        return self._service.accept(request, post)  # whose it is may have changed meanwhile

    def _receive(self, fields: dict[str, Any]) -> None:
        message = decode(fields)
        if isinstance(message, CookieWrite):
            self._service.write(message)
        elif isinstance(message, Request | Ping):
            peer = _Peer.of(message.reply)
            if isinstance(message, Request):
                _exchanges.begin(message, peer, self._begin)
            else:
                peer.post(Pong(message.id, message.id in _exchanges.open))


_exchanges = Exchanges()


class _KeepAlive:
    """Asks the worker for something now and then, as long as it has a stream of ours."""

    _task: ClassVar[asyncio.Future[None] | None] = None

    @classmethod
    def begin(cls, url: str) -> None:
        """Start, unless it has been started."""
        if cls._task is None:
            cls._task = asyncio.ensure_future(cls._run(url))

    @staticmethod
    async def _run(url: str) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE)
            if _exchanges.open:
                with contextlib.suppress(JsException):  # the site may be out of reach
                    await js.fetch(url)


class _Peer:
    """One instance of the service worker, by the channel to it.

    Browsers stop an idle worker and start another, which is another peer. The worker holds a lock
    named like its channel; being granted that lock means that it is gone.
    """

    _known: ClassVar[dict[str, _Peer]] = {}

    @classmethod
    def of(cls, name: str) -> _Peer:
        """The peer whose channel has that name."""
        if name not in cls._known:
            cls._known[name] = cls(name)
        return cls._known[name]

    def __init__(self, name: str) -> None:
        self.is_gone = False
        self._name = name
        self._channel = _Channel(name, self._deliver)
        self._watch = asyncio.ensure_future(self._wait_for_its_end())

    def post(self, message: FromKernel) -> None:
        """Send ``message`` to the worker."""
        self._channel.post(encode(message))

    @staticmethod
    def _deliver(fields: dict[str, Any]) -> None:
        message = decode(fields)
        if not isinstance(message, CookieWrite):
            _exchanges.deliver(message)

    async def _wait_for_its_end(self) -> None:
        lock = _Lock(self._name)
        await lock.acquire(wait=True)
        lock.release()
        del self._known[self._name]
        self._channel.close()
        self.is_gone = True
        _exchanges.lost(self)


class _Channel:
    """A BroadcastChannel that hands on the fields of each message that we can read."""

    dropped: ClassVar[int] = 0

    def __init__(self, name: str, receive: Callable[[dict[str, Any]], None]) -> None:
        self._receive = receive
        self._closed = False
        self._proxy = create_proxy(self._on_message)
        self._channel = js.BroadcastChannel.new(name)
        self._channel.onmessage = self._proxy

    def post(self, fields: dict[str, Any]) -> None:
        """Send ``fields`` to the other end."""
        if not self._closed:
            self._channel.postMessage(_object(fields))

    def close(self) -> None:
        """Stop listening."""
        self._closed = True
        self._channel.close()
        self._channel.onmessage = None
        self._proxy.destroy()

    def _on_message(self, event: Any) -> None:
        try:
            self._receive(_fields(event.data))
        except ProtocolError:
            _Channel.dropped += 1


def _object(fields: dict[str, Any]) -> Any:
    """A JavaScript object of ``fields``."""
    return to_js(fields, dict_converter=js.Object.fromEntries)


def _fields(data: Any) -> dict[str, Any]:
    """The fields of a message.

    Raises:
        ProtocolError: it is not made of fields.
    """
    try:
        fields = data.to_py().items()
    except AttributeError:
        raise ProtocolError(f"expected a message, got {data!r}") from None
    return {
        name: bytes(value) if isinstance(value, memoryview) else value for name, value in fields
    }


async def _is_held(name: str) -> bool:
    """Whether somebody holds the lock of that name alone."""
    found = await js.navigator.locks.query()
    return any(lock.name == name and lock.mode == "exclusive" for lock in found.held)


class _Lock:
    """A Web Lock, held until it is released or taken away."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._released = False
        #: Done when it is held no more, whether it was released or taken away.
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held = js.Promise.new(create_once_callable(self._keep_resolve))

    def acquire(
        self,
        *,
        wait: bool = False,
        steal: bool = False,
        on_grant: Callable[[], None] | None = None,
        on_loss: Callable[[], None] | None = None,
    ) -> asyncio.Future[bool]:
        """Ask for the lock; the result is whether it was granted.

        Args:
            wait: where it is taken wait for it, instead of returning False.
            steal: take it from who holds it.
            on_grant: called in the very callback that grants it.
            on_loss: called in the very callback that tells of its being taken away.
        """
        granted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def on_lock(lock: Any) -> Any:
            taken = not hasattr(lock, "mode")  # null where another holds it
            if not taken and on_grant is not None:
                on_grant()
            granted.set_result(not taken)
            return None if taken else self._held

        def on_end(_: Any = None) -> None:
            for proxy in proxies:
                proxy.destroy()
            if granted.done() and granted.result():
                self.ended.set_result(None)

        def on_error(error: Any) -> None:
            on_end()
            if granted.done() and not self._released and on_loss is not None:
                on_loss()
            elif not granted.done():
                granted.set_result(False)

        proxies = [create_proxy(callback) for callback in (on_lock, on_end, on_error)]
        how = {"steal": True} if steal else {"ifAvailable": not wait}
        options = to_js(how, dict_converter=js.Object.fromEntries)
        js.navigator.locks.request(self._name, options, proxies[0]).then(*proxies[1:])
        return granted

    def release(self) -> None:
        """Let the next in the queue have it, which takes until ``ended``."""
        self._released = True
        self._resolve()

    def _keep_resolve(self, resolve: Any, reject: Any) -> None:
        self._resolve = resolve
