"""Ends work in the middle of its code: a request that is late, or what the user interrupts.

A host that can do so sends ``SIGVTALRM`` several times a second while Python runs without a pause.
Python calls the handler between two instructions of whatever runs, and the context tells which
work that is. Work that is suspended is cancelled through its task.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import FrameType

#: Packages whose functions must run to their end, and so must what they call in the standard
#: library: an exception in the middle would leave a file or a half of their own state behind.
_PROTECTED = frozenset(
    (
        "IPython",
        "_frozen_importlib",
        "_frozen_importlib_external",
        "_pyodide",
        "importlib",
        "jupyterlite_asgi",
        "logging",
        "pyodide",
        "pyodide_kernel",
    )
)

#: Packages whose functions must run to their end, too, but mostly call functions of users: an
#: exception in the middle would break the loop, or leave a lock behind.
_ATOMIC = frozenset(("asyncio", "concurrent", "contextlib", "threading", "weakref"))

#: Seconds until work that has caught the exception which ends it gets another.
AGAIN = 1.0

#: After so many exceptions, work will not end any more.
ATTEMPTS = 3


class CallbackEnded(asyncio.CancelledError):
    """Ends a callback; the message says so to users, because the loop reports it."""


class Work:
    """Work that can be ended: a request, an app's lifespan or a cell."""

    #: What the user calls it, such as ``GET /items``; empty if an outer work has a title.
    title = ""
    #: Whether an interrupt is meant for it rather than for work in the background.
    is_foreground = False
    #: Whether the work that it is part of gets an error when it is interrupted.
    raises = False

    def __init__(self) -> None:
        self._due: float | None = None  # the loop's time at which it must end
        self._ended = False  # but tasks that it has started may go on
        #: How many exceptions it got.
        self.exceptions = 0
        #: How often it was interrupted.
        self.interruptions = 0

    def interrupt(self) -> None:
        """Make it end as soon as it runs."""
        self.interruptions += 1
        self._due = asyncio.get_running_loop().time()

    def cancel(self) -> None:
        """End it now, while it is suspended."""

    def is_due(self) -> bool:
        """Return whether it must end now."""
        return self._due is not None and asyncio.get_running_loop().time() >= self._due

    def may_end(self, frame: FrameType) -> bool:
        """Return whether an exception in ``frame``, which this work is running, ends no more."""
        return True

    def preempt(self, frame: FrameType) -> BaseException | None:
        """Return the exception to raise in ``frame``, if any."""
        self._due = None if self._ended else asyncio.get_running_loop().time() + AGAIN
        self.exceptions += 1
        return asyncio.CancelledError()


#: The works that the running code is part of, innermost last; tasks inherit them.
current: ContextVar[tuple[Work, ...]] = ContextVar("current", default=())

#: The works that an interrupt ends, in the order in which they began.
_interruptible: dict[Work, None] = {}


@contextlib.contextmanager
def part_of(work: Work) -> Iterator[None]:
    """Make what runs inside, and the tasks that it starts, part of ``work``."""
    outer = current.set((*current.get(), work))
    try:
        yield
    finally:
        work._ended = True
        current.reset(outer)


def allow(work: Work) -> None:
    """Let an interrupt end ``work``, until ``forbid()``."""
    _interruptible[work] = None


def forbid(work: Work) -> None:
    """Let no interrupt end ``work`` any more."""
    _interruptible.pop(work, None)


def interrupt() -> list[str]:
    """Interrupt what is running or suspended; return the titles of what that is.

    Code that has called this, from a signal's handler, is running: its innermost work ends, and
    the cell that waits for that. Else it is a cell or, if no cell runs, every request without a
    response.
    """
    running = current.get()
    waiting = [work for work in _interruptible if work.is_foreground]
    if running:
        running[-1].interrupt()
        waiting = [work for work in waiting if work in running[:-1] and not running[-1].raises]
    elif not waiting:
        waiting = list(_interruptible)
    for work in waiting:
        work.interrupt()
        work.cancel()
    return [title_of(running)] if running else [work.title for work in waiting]


@contextlib.contextmanager
def explain_interrupt(error_of: Callable[[], Exception]) -> Iterator[None]:
    """Raise ``error_of()`` in place of the CancelledError with which an interrupt ends a wait."""
    works = current.get()
    before = sum(work.interruptions for work in works)
    try:
        yield
    except asyncio.CancelledError:
        if sum(work.interruptions for work in works) == before:
            raise  # cancelled by other code
        raise error_of() from None


def title_of(works: tuple[Work, ...]) -> str:
    """Return the title of the innermost of ``works`` that has one."""
    return next((work.title for work in reversed(works) if work.title), "")


def install(hurry: Callable[[], object], listen: Callable[[FrameType], object]) -> None:
    """Handle the signals.

    Args:
        hurry: requests the next signal within a few milliseconds.
        listen: called with each signal; may interrupt.
    """
    handling = False

    def handle(signum: int, frame: FrameType | None) -> None:
        nonlocal handling
        if frame is None or handling:
            return
        handling = True
        try:
            work = _due_in(frame, listen)
            if work is None:
                return
            if not (_is_safe(frame) and work.may_end(frame)):
                hurry()
                return
            error = work.preempt(frame)
            if error is not None and asyncio.current_task() is None:
                error = _callback_ended(work, frame)
        finally:
            handling = False
        if error is not None:
            raise error

    signal.signal(signal.SIGVTALRM, handle)


def _callback_ended(work: Work, frame: FrameType) -> CallbackEnded:
    from .serving.places import place_of  # any host has imported it, but kernels start without

    cause = "interrupted" if work.interruptions else "ended together with its request"
    return CallbackEnded(f"A callback was {cause} while it ran {place_of(frame)}.")


def _due_in(frame: FrameType, listen: Callable[[FrameType], object]) -> Work | None:
    try:
        listen(frame)
        return next((work for work in reversed(current.get()) if work.is_due()), None)
    except RecursionError:
        return None  # the code recurses as deep as it may: later


def _is_safe(frame: FrameType) -> bool:
    """Return whether ``frame`` may be left at its current instruction."""
    must_end = _PROTECTED | _ATOMIC
    if _package_of(frame) in must_end or _enters_with(frame):
        return False
    caller: FrameType | None = frame
    while caller is not None and _package_of(caller) in sys.stdlib_module_names - must_end:
        caller = caller.f_back
    return caller is None or _package_of(caller) not in _PROTECTED or _is_patch(caller)


def _package_of(frame: FrameType) -> str:
    return _module_of(frame).partition(".")[0]


def _module_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _is_patch(frame: FrameType) -> bool:
    """Return whether ``frame`` stands in for a function of another package."""
    return _module_of(frame).startswith(f"{__package__}.patches.")


def _enters_with(frame: FrameType) -> bool:
    """Return whether ``frame`` has just called ``__enter__``, but would not call ``__exit__`` yet.

    Since Python 3.14, that call is an instruction of its own.
    """
    from opcode import opmap  # IPython has imported it

    before = frame.f_lasti - 2
    load = opmap.get("LOAD_SPECIAL")
    return before >= 0 and frame.f_code.co_code[before] == load
