"""Patches that run a function of ours around a library's."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any


def around(path: str) -> Callable[[Callable[..., Any]], Callable[[ModuleType], None]]:
    """Turn a function into a patch, which puts it in the place of a library's function or method.

    It is called with the original, then with the caller's arguments. ``path`` is that of the
    original in its module, such as ``Thread.start``.
    """
    *owners, name = path.split(".")

    def patch_with(function: Callable[..., Any]) -> Callable[[ModuleType], None]:
        @functools.wraps(function)
        def patch(module: ModuleType) -> None:
            owner: Any = functools.reduce(getattr, owners, module)
            setattr(owner, name, _bind(function, getattr(owner, name)))

        return patch

    return patch_with


def _bind(function: Callable[..., Any], original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(original, *args, **kwargs)

    @functools.wraps(original)
    async def call_awaited(*args: Any, **kwargs: Any) -> Any:
        return await function(original, *args, **kwargs)

    return call_awaited if inspect.iscoroutinefunction(function) else call
