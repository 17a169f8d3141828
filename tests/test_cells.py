"""Interrupts of a cell: where they are raised, and what a handler of SIGINT changes."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyterlite_asgi import preemption
from jupyterlite_asgi.notebook import cells
from jupyterlite_asgi.patches.pyodide import patch_run_sync

from .support.jspi import pretend, suspendable

Result = TypeVar("Result")

#: Runs a cell; returns the exception that it raised.
Run = Callable[[str], Coroutine[Any, Any, BaseException | None]]


def interrupt_here() -> None:
    """Interrupt what runs, as the signal's handler does."""
    preemption.interrupt()
    signal.raise_signal(signal.SIGVTALRM)


@pytest.fixture
def run(shell: InteractiveShell) -> Iterator[Run]:
    before = signal.getsignal(signal.SIGVTALRM)
    preemption.install(lambda: None, lambda frame: None)
    shell.events.register("pre_run_cell", cells.begin)
    shell.user_ns.update(interrupt_here=interrupt_here, seen=[], signal=signal, asyncio=asyncio)

    async def run_cell(source: str) -> BaseException | None:
        result = await shell.run_cell_async(source, transformed_cell=source)
        error: BaseException | None = result.error_in_exec
        return error

    yield run_cell
    shell.events.unregister("pre_run_cell", cells.begin)
    signal.signal(signal.SIGVTALRM, before)


def start(cell: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
    """Run a cell in a task, under Python's own handler of SIGINT; ``asyncio.run()`` has another."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return asyncio.create_task(cell)


async def interrupted(cell: Coroutine[Any, Any, Result]) -> Result:
    """Run a cell, interrupt it once it is suspended, and return its result."""
    task = start(cell)
    for _ in range(10):
        await asyncio.sleep(0)
    assert preemption.interrupt() == ["A cell"]
    return await task


# While the cell runs


async def test_running_cell_gets_a_keyboard_interrupt(run: Run) -> None:
    assert type(await start(run("interrupt_here()"))) is KeyboardInterrupt
    await asyncio.sleep(0)
    assert preemption.interrupt() == []


async def test_traceback_of_an_interrupt_has_only_the_users_frames(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    await start(run("def work():\n    interrupt_here()\nwork()"))
    shown = capsys.readouterr().out
    assert "KeyboardInterrupt" in shown
    assert "work()" in shown
    assert "preemption.py" not in shown


async def test_cell_that_catches_its_interrupt_gets_no_other(run: Run) -> None:
    source = """
try:
    interrupt_here()
except KeyboardInterrupt:
    signal.raise_signal(signal.SIGVTALRM)
"""
    assert await start(run(source)) is None


async def test_tasks_of_the_cell_are_cancelled_together_with_it(
    run: Run, shell: InteractiveShell
) -> None:
    source = """
async def child():
    if seen:
        signal.raise_signal(signal.SIGVTALRM)
    seen.append("one")
    interrupt_here()
tasks = [asyncio.create_task(child()) for _ in range(2)]
await asyncio.wait(tasks)
"""
    assert type(await start(run(source))) is asyncio.CancelledError
    assert [task.cancelled() for task in shell.user_ns["tasks"]] == [True, True]


async def test_task_that_survives_its_cell_is_cancelled(run: Run, shell: InteractiveShell) -> None:
    source = """
async def child():
    await asyncio.sleep(0)
    interrupt_here()
child = asyncio.create_task(child())
"""
    assert await start(run(source)) is None
    with pytest.raises(asyncio.CancelledError):
        await shell.user_ns["child"]


async def test_callback_of_a_cell_is_ended_with_a_sentence(
    run: Run, shell: InteractiveShell
) -> None:
    source = """
done = asyncio.Event()
loop = asyncio.get_running_loop()
loop.set_exception_handler(lambda loop, context: (seen.append(context["exception"]), done.set()))
loop.call_soon(interrupt_here)
"""
    assert await start(run(source)) is None
    await shell.user_ns["done"].wait()
    (error,) = shell.user_ns["seen"]
    assert type(error) is preemption.CallbackEnded
    assert str(error).startswith(f"A callback was interrupted while it ran {__file__}, line ")


async def test_cell_in_a_cell_is_interrupted_once(run: Run, shell: InteractiveShell) -> None:
    source = "get_ipython().run_cell('0')\ninterrupt_here()"
    assert type(await start(run(source))) is KeyboardInterrupt
    await asyncio.sleep(0)
    assert preemption.interrupt() == []


async def test_what_ipython_does_around_a_cell_is_not_interrupted(
    run: Run, shell: InteractiveShell
) -> None:
    raised = []

    def after_cell(result: object) -> None:
        try:
            interrupt_here()
        except KeyboardInterrupt:  # which IPython would swallow here
            raised.append(True)

    shell.events.register("post_run_cell", after_cell)
    assert await start(run("0")) is None
    assert raised == []


async def test_traceback_of_a_cell_is_not_interrupted(
    run: Run, shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []

    def show(kind: type[BaseException], *rest: object) -> None:
        interrupt_here()
        shown.append(kind)

    monkeypatch.setattr(shell, "_showtraceback", show)
    await start(run("1 / 0"))
    assert shown == [ZeroDivisionError]


def test_cell_outside_of_a_loop_is_none_of_ours() -> None:
    cells.begin()
    assert preemption.current.get() == ()


# While the cell is suspended


async def test_awaiting_cell_is_cancelled(run: Run) -> None:
    error = await interrupted(run("await asyncio.Event().wait()"))
    assert type(error) is asyncio.CancelledError


async def test_cell_that_handles_its_cancellation_gets_no_other(run: Run) -> None:
    source = """
try:
    await asyncio.Event().wait()
except asyncio.CancelledError:
    signal.raise_signal(signal.SIGVTALRM)
"""
    assert await interrupted(run(source)) is None


async def test_suspended_function_gets_a_keyboard_interrupt(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch)
    patch_run_sync(sys.modules["pyodide.ffi"])

    def code() -> str:
        cells.begin()
        try:
            sys.modules["pyodide.ffi"].run_sync(asyncio.Event().wait())
        except KeyboardInterrupt:
            return "interrupted"
        return "never"

    assert await interrupted(suspendable(code)) == "interrupted"


# With another handler of SIGINT


HANDLER = """
def handle(number, frame):
    seen.append(number)
signal.signal(signal.SIGINT, handle)
"""


async def test_handler_is_called_in_place_of_the_exception(
    run: Run, shell: InteractiveShell
) -> None:
    assert await start(run(f"{HANDLER}interrupt_here()")) is None
    assert shell.user_ns["seen"] == [signal.SIGINT]


async def test_handler_is_called_while_the_cell_is_suspended(
    run: Run, shell: InteractiveShell
) -> None:
    waiting = "while not seen:\n    await asyncio.sleep(0)"
    assert await interrupted(run(HANDLER + waiting)) is None
    assert shell.user_ns["seen"] == [signal.SIGINT]


@pytest.mark.parametrize("handler", ["lambda *_: 1 / 0", "signal.default_int_handler"])
async def test_handler_that_raises_cancels_a_suspended_cell(run: Run, handler: str) -> None:
    source = f"signal.signal(signal.SIGINT, {handler})\nawait asyncio.Event().wait()"
    assert type(await interrupted(run(source))) is asyncio.CancelledError


async def test_ignored_signal_interrupts_nothing(run: Run) -> None:
    source = "signal.signal(signal.SIGINT, signal.SIG_IGN)\ninterrupt_here()"
    assert await start(run(source)) is None


async def test_default_action_of_the_system_is_an_exception(run: Run) -> None:
    source = "signal.signal(signal.SIGINT, signal.SIG_DFL)\ninterrupt_here()"
    assert type(await start(run(source))) is KeyboardInterrupt
