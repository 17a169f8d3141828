"""Threads on stacks of their own, and timers."""

from __future__ import annotations

import asyncio
import gc
import inspect
import queue
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from .support.jspi import InCell
from .support.scripts import CAUGHT
from .unpatched import python


def start(function: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=function)
    thread.start()
    return thread


def test_thread_runs_when_others_wait(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        seen: list[object] = []
        go_on = threading.Event()

        def work() -> None:
            seen.append(threading.current_thread())
            go_on.wait()
            seen.append("end")

        thread = start(work)
        assert (seen, thread.is_alive(), thread in threading.enumerate()) == ([], True, True)
        thread.join(0.01)
        assert (seen, thread.is_alive()) == ([thread], True)
        go_on.set()
        thread.join()
        assert (seen[1:], thread.is_alive(), thread in threading.enumerate()) == (
            ["end"],
            False,
            False,
        )
        assert threading.current_thread() is threading.main_thread()


def test_thread_cannot_join_itself(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        result: Future[None] = Future()

        def work() -> None:
            try:
                threading.current_thread().join()
            except RuntimeError as error:
                result.set_exception(error)

        start(work)
        with pytest.raises(RuntimeError, match="cannot join current thread"):
            result.result()


def test_exception_of_a_thread_goes_to_the_hook(
    in_cell: InCell, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", hooked.append)

    @in_cell
    def cell() -> None:
        thread = start(lambda: 1 / 0)
        start(exit).join()
        thread.join()
        assert [(each.exc_type, each.thread) for each in hooked] == [(ZeroDivisionError, thread)]


@pytest.mark.parametrize("queue_class", [queue.Queue, queue.SimpleQueue])
def test_thread_reads_a_queue(in_cell: InCell, queue_class: type[queue.Queue[int]]) -> None:
    name = queue_class.__name__

    @in_cell
    def cell() -> None:
        tasks: queue.Queue[int] = getattr(queue, name)()
        results: queue.Queue[int] = queue.Queue()

        def work() -> None:
            while task := tasks.get():
                results.put(task * 2)

        thread = start(work)
        for number in (1, 2, 0):
            tasks.put(number)
        thread.join()
        assert [results.get(), results.get()] == [2, 4]


def test_timer_is_called_by_the_loop(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        seen: list[int] = []
        timer = threading.Timer(0.01, seen.append, (1,))
        timer.daemon = True
        timer.start()
        assert (seen, timer.is_alive(), timer.daemon) == ([], True, True)
        timer.join()
        assert (seen, timer.is_alive(), timer.finished.is_set()) == ([1], False, True)


def test_cancelled_timer_has_ended(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        timer = threading.Timer(60, pytest.fail)
        timer.start()
        timer.cancel()
        timer.join()
        assert not timer.is_alive()
        never = threading.Timer(60, pytest.fail)
        never.cancel()
        assert not never.is_alive()


async def test_timer_needs_no_stack_switching(patched: None) -> None:
    loop = asyncio.get_running_loop()
    called = loop.create_future()
    timer = threading.Timer(0.001, called.set_result, (1,))
    timer.start()
    assert await called == 1
    timer.join()


async def test_other_threads_say_what_to_do_without_stack_switching(patched: None) -> None:
    class Repeating(threading.Timer):
        def run(self) -> None:
            while not self.finished.wait(self.interval):
                self.function()

    for thread in (threading.Thread(target=print), Repeating(1, print)):
        with pytest.raises(RuntimeError) as caught:
            thread.start()
        assert str(caught.value) == (
            "can't start new thread: Python has only one in a browser, "
            "so write an `async def` and start it with `asyncio.create_task`"
        )
        assert not thread.is_alive()


def test_other_errors_of_a_thread_are_unchanged() -> None:
    script = """
def start(thread):
    raise RuntimeError("the original's error")

threading.Thread.start = start
from jupyterlite_asgi.patches.threading import patch_threading
patch_threading(threading)
show(threading.Thread().start)
"""
    assert python(CAUGHT + script) == "RuntimeError: the original's error\n"


def test_waits_are_patched_from_the_start() -> None:
    script = f"""
{CAUGHT}
import queue
from concurrent.futures import Future
show(Future().result)
show(threading.Event().wait)
show(queue.SimpleQueue().get)
lock = threading.Lock()
lock.acquire()
show(lock.acquire)
"""
    lines = python(script).splitlines()
    assert len(lines) == 4
    assert {line.partition(",")[0] for line in lines} == {"RuntimeError: Nothing can end this wait"}


def test_import_of_modules_that_use_locks() -> None:
    script = "import concurrent.futures.thread, logging, random, tempfile; print('imported')"
    assert python(script) == "imported\n"


def test_private_interfaces_that_the_patches_use() -> None:
    """If this fails, a new version of Python has changed something private."""
    thread = threading.Thread()
    assert not thread._started.is_set()  # type: ignore[attr-defined]
    assert thread._ident is None  # type: ignore[attr-defined]
    assert threading.main_thread() in threading._active.values()  # type: ignore[attr-defined]
    assert "self._waiters" in inspect.getsource(threading.Condition.notify)
    assert issubclass(queue._PySimpleQueue, object)  # type: ignore[attr-defined]


def test_each_thread_has_attributes_of_its_own(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        class Session(threading.local):
            def __init__(self, user: str) -> None:
                made.append(user)
                self.user = user

        made: list[str] = []
        seen: list[str] = []
        go_on = threading.Event()
        session = Session("nobody")

        def work(name: str) -> None:
            seen.append(session.user)
            session.user = name
            go_on.wait()
            seen.append(session.user)
            del session.user

        threads = [threading.Thread(target=work, args=(name,)) for name in ("ada", "bob")]
        for thread in threads:
            thread.start()
        threads[0].join(0.01)
        assert (seen, session.user) == (["nobody", "nobody"], "nobody")
        go_on.set()
        for thread in threads:
            thread.join()
        assert (seen[2:], session.user, len(made)) == (["ada", "bob"], "nobody", 3)


def test_attributes_of_a_thread_end_with_it(in_cell: InCell) -> None:
    class Connection:
        pass

    @in_cell
    def cell() -> None:
        data = threading.local()
        kept: list[weakref.ref[Connection]] = []

        def work() -> None:
            data.connection = Connection()
            kept.append(weakref.ref(data.connection))

        start(work).join()
        assert not hasattr(data, "connection")
        gc.collect()
        assert kept[0]() is None


def test_attributes_whose_initialization_fails_are_made_again(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        class Session(threading.local):
            def __init__(self) -> None:
                attempts.append(1)
                if len(attempts) == 2:
                    raise ValueError("no database")
                self.ready = True

        attempts: list[int] = []
        seen: list[bool] = []
        session = Session()

        def work() -> None:
            with pytest.raises(ValueError, match="no database"):
                _ = session.ready
            seen.append(session.ready)

        start(work).join()
        assert (seen, len(attempts)) == ([True], 3)


def test_local_refuses_what_the_standard_librarys_refuses(in_cell: InCell) -> None:
    @in_cell
    def cell() -> None:
        with pytest.raises(TypeError, match="Initialization arguments are not supported"):
            threading.local(1)  # type: ignore[call-arg]
        data = threading.local()
        with pytest.raises(AttributeError, match="'local' object attribute '__dict__' is read"):
            data.__dict__ = {}
        with pytest.raises(AttributeError, match="'__dict__' is read-only"):
            del data.__dict__
        data.user = "ada"
        assert vars(data) == {"user": "ada"}
