"""``ThreadPoolExecutor``, the standard library's thread pool."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from .around import around


@around("ThreadPoolExecutor.submit")
def patch_executor(
    submit: object, pool: Any, fn: Callable[..., object], /, *args: object, **kwargs: object
) -> Future[object]:
    """Run submitted functions in place, and return a future that is done. Seen in Python 3.14.

    Pyodide's ``run_in_executor`` does the same, but a pool does not.
    """
    if pool._shutdown:
        raise RuntimeError("cannot schedule new futures after shutdown")
    future: Future[object] = Future()
    try:
        future.set_result(fn(*args, **kwargs))
    except BaseException as error:
        future.set_exception(error)
    return future
