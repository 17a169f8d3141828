"""``threading.local`` for threads that share one by switching stacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from .waiting import owner

_get, _set = object.__getattribute__, object.__setattr__


class _State:
    """What an object was made with, and its attributes in the main thread."""

    def __init__(self, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
        self.args, self.kwargs = args, kwargs
        self.main: dict[str, Any] = {}


def _attributes(thread: Any) -> WeakKeyDictionary[_State, dict[str, Any]]:
    """Return the attributes of all objects in ``thread``, with which they end."""
    found: WeakKeyDictionary[_State, dict[str, Any]]
    found = vars(thread).setdefault("_jupyterlite_asgi_locals", WeakKeyDictionary())
    return found


def make_local(is_thread: Callable[[object], bool]) -> type:
    """Return a class like ``threading.local``.

    Args:
        is_thread: whether an owner is a thread. All other code shares the attributes of the main
            thread, because it runs in that: cells, requests, and functions of thread pools.
    """

    class local:  # noqa: N801 -- the standard library's name
        """Attributes of which each thread has its own."""

        __slots__ = ("__dict__", "__weakref__", "_local__state")

        def __new__(cls, /, *args: Any, **kwargs: Any) -> Any:
            if (args or kwargs) and cls.__init__ is object.__init__:
                raise TypeError("Initialization arguments are not supported")
            self = super().__new__(cls)
            state = _State(args, kwargs)
            _set(self, "_local__state", state)
            thread = owner.get()
            if is_thread(thread):
                _attributes(thread)[state] = _get(self, "__dict__")
            else:
                state.main = _get(self, "__dict__")
            return self

        def __getattribute__(self, name: str) -> Any:
            _switch(self)
            return _get(self, name)

        def __setattr__(self, name: str, value: object) -> None:
            _check(self, name)
            _switch(self)
            _set(self, name, value)

        def __delattr__(self, name: str) -> None:
            _check(self, name)
            _switch(self)
            object.__delattr__(self, name)

    def _switch(self: Any) -> None:
        """Put the attributes of the running thread in place."""
        thread = owner.get()
        state: _State = _get(self, "_local__state")
        attributes = _attributes(thread).get(state) if is_thread(thread) else state.main
        if attributes is None:
            _set(self, "__dict__", _attributes(thread).setdefault(state, {}))
            try:
                type(self).__init__(self, *state.args, **state.kwargs)
            except BaseException:
                del _attributes(thread)[state]  # so that the next access tries again
                raise
        elif attributes is not _get(self, "__dict__"):
            _set(self, "__dict__", attributes)

    def _check(self: object, name: str) -> None:
        if name == "__dict__":
            raise AttributeError(
                f"{type(self).__name__!r} object attribute '__dict__' is read-only"
            )

    local.__module__, local.__qualname__ = "threading", "local"
    return local
