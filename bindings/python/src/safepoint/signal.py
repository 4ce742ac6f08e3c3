# SPDX-License-Identifier: MIT OR Apache-2.0
"""The standard module `signal`, with safepoint below it.

The same functions, constants, errors and texts, and besides:

activate()          puts it where `import signal` finds it, also for modules
                    that have imported it already
with_event          marks a handler that asks who sent the signal, with what
                    value, and for how many deliveries the call stands
stats()             what has come, and what became of it

    import safepoint.signal
    safepoint.signal.activate()

    import signal

    @safepoint.signal.with_event
    def progress(signum, frame, event):
        print(f"asked by {event.pid}, {event.count} times")

    signal.signal(signal.SIGUSR1, progress)

Loading it changes nothing. From activate() on, or from the first signal() or
set_wakeup_fd() of this module, signals are recorded by safepoint, and handled
on the main thread between two bytecodes, as before. Without activate() the
standard module goes on beside this one, with a table of its own: use one.
"""

from __future__ import annotations

import _thread
import atexit
import importlib
import os
import sys
import types
from collections.abc import Callable, Iterable
from signal import *
from signal import Handlers, Signals
from typing import Any

from safepoint import _signal, _sigwait
from safepoint._sigwait import sigtimedwait, sigwaitinfo

_standard: Any = importlib.import_module("signal")  # with its private names

Event = _signal._Event

__all__ = [name for name in dir(_standard) if not name.startswith("_")]
__all__ += ["Event", "activate", "stats", "with_event"]


class with_event:
    """A handler that is called with a third argument, an Event.

    signal() takes it, and getsignal() gives it back. Called by anybody else
    with two arguments, as handlers are chained, it passes None.
    """

    __slots__ = ("handler",)

    def __init__(
        self, handler: Callable[[int, types.FrameType | None, Any], object]
    ) -> None:
        if not callable(handler):
            raise TypeError("with_event() is for a callable handler")
        self.handler = handler

    def __call__(
        self, signum: int, frame: types.FrameType | None, event: Event | None = None
    ) -> object:
        return self.handler(signum, frame, event)

    def __get__(self, instance: object, owner: type | None = None) -> "with_event":
        if instance is None:
            return self
        return with_event(types.MethodType(self.handler, instance))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, with_event):
            return NotImplemented
        return self.handler == other.handler

    def __hash__(self) -> int:
        return hash(self.handler)

    def __repr__(self) -> str:
        return f"with_event({self.handler!r})"


# Loaded again, as by importlib.reload(), it is the class that is known already.
with_event = vars(_signal).setdefault("_with_event", with_event)  # type: ignore[misc]


def _begin() -> None:
    if _signal._begin(with_event):
        atexit.register(_signal._at_exit)
        os.register_at_fork(after_in_child=_signal._after_fork)


def signal(  # type: ignore[no-redef]
    signalnum: int, handler: _signal._Handler
) -> _signal._Handler:
    """Set the action for the given signal, and return the one before.

    As the standard one, and: the handler may be a with_event, and where None
    was returned, for a C library's handler, None puts that back.
    """
    _begin()
    before = _signal.signal(
        _standard._enum_to_int(signalnum), _standard._enum_to_int(handler)
    )
    result: _signal._Handler = _standard._int_to_enum(before, Handlers)
    return result


def getsignal(signalnum: int) -> _signal._Handler:  # type: ignore[no-redef]
    """Return the current action for the given signal."""
    now = _signal.getsignal(signalnum)
    result: _signal._Handler = _standard._int_to_enum(now, Handlers)
    return result


def set_wakeup_fd(  # type: ignore[no-redef]
    fd: int, /, *, warn_on_full_buffer: bool = True
) -> int:
    """Have each signal's number written to fd; return the fd before, or -1."""
    _begin()
    return _signal.set_wakeup_fd(fd, warn_on_full_buffer=warn_on_full_buffer)


def sigwait(sigset: Iterable[int]) -> int:  # type: ignore[no-redef]
    """Wait for a signal in sigset; return its number."""
    result: int = _standard._int_to_enum(_sigwait.sigwait(sigset), Signals)
    return result


def stats() -> dict[str, int]:
    """What has come since this began, or since the fork, as a dict.

    Once nothing is pending,
    arrivals == handled + coalesced + lost + dropped.
    """
    return _signal._stats()


def activate() -> None:
    """Have `import signal` mean this, in all of this process.

    Call it early, on the main thread (ValueError elsewhere), and in each
    process: a .pth file does that. To call it again does nothing.

    The module `signal` stays the object that it is. Names that were imported
    from it before, as in `from signal import set_wakeup_fd`, stay CPython's.
    """
    _begin()
    sys.modules["_signal"] = _standard._signal = _signal
    _standard.set_wakeup_fd = _signal.set_wakeup_fd
    _standard.sigwaitinfo = _signal.sigwaitinfo = sigwaitinfo
    _standard.sigtimedwait = _signal.sigtimedwait = sigtimedwait
    _signal.sigwait = _sigwait.sigwait
    _thread.interrupt_main = _signal._interrupt_main
