"""What needs threads elsewhere: pools, queue listeners, and calls of coroutines."""

from __future__ import annotations

import pytest

from .unpatched import complaint, python

EXECUTOR = """
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor() as pool:
    print(list(pool.map(str, range(3))), pool.submit(int, "x").exception())
"""

LISTENER = """
import logging, queue, sys
from logging.handlers import QueueHandler, QueueListener

log = logging.getLogger("shop")
records = queue.{kind}()
log.addHandler(QueueHandler(records))
listener = QueueListener(records, logging.StreamHandler(sys.stdout))
log.warning("before")
listener.start()
log.warning("during")
listener.stop()
listener.stop()
log.warning("after")
print(records.qsize(), "left")
listener.start()
listener.start()
"""

ASYNC_TO_SYNC = """
from asgiref.sync import async_to_sync

async def order(call):
    return call

print(async_to_sync(order)(call="tea"))
"""


def test_thread_pool() -> None:
    assert "can't start new thread" in complaint(EXECUTOR)
    error = "invalid literal for int() with base 10: 'x'"
    assert python(EXECUTOR) == f"['0', '1', '2'] {error}\n"


@pytest.mark.parametrize("kind", ["Queue", "SimpleQueue"])
def test_queue_listener(kind: str) -> None:
    script = LISTENER.format(kind=kind)
    assert "can't start new thread" in complaint(script)
    assert python(script.rpartition("listener.start()")[0]).splitlines() == [
        "before",
        "during",
        "1 left",
        "after",
    ]
    assert "RuntimeError: Listener already started" in complaint(f"patches.install()\n{script}")


def test_coroutine_called_from_a_plain_function_takes_any_keyword() -> None:
    assert python(ASYNC_TO_SYNC) == "tea\n"
