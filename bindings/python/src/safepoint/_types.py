# SPDX-License-Identifier: MIT OR Apache-2.0
"""What the extension hands out."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import NamedTuple

from safepoint import _native

__all__ = ["Disposition", "Event", "Interrupted", "Kind", "Stands", "Stats"]


class Kind(enum.IntEnum):
    """What kind of event it is."""

    SIGNAL = 1
    CALL = 2
    TIMER = 3
    INTERRUPT = 5


class Stands(enum.IntEnum):
    """Who stands at a signal, as the kernel has it."""

    DEFAULT = 0
    IGNORED = 1
    HANDLER = 2
    FOREIGN = 3


class Interrupted(BaseException):
    """A handler returned a number that is not 0, or somebody called interrupt().

    Not an Exception: `except Exception` in what is to be stopped does not stop
    the stopping, as with KeyboardInterrupt.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)

    @property
    def number(self) -> int:
        """The number."""
        number: int = self.args[0]
        return number


class Event(NamedTuple):
    """What happened. What does not apply is 0 or None."""

    kind: int
    """Kind.SIGNAL, in a handler; next() has the others, too."""
    signum: int
    """The signal's number."""
    code: int
    """si_code: 0 for kill, -1 for sigqueue, -6 for raise."""
    pid: int
    """The sender's process."""
    uid: int
    """The sender's real user."""
    status: int
    """SIGCHLD: the child's exit status or signal. INTERRUPT: the number."""
    value: int
    """What sigqueue sent along."""
    call: Callable[[], object] | None
    """CALL and TIMER: what was to be called."""
    count: int  # type: ignore[assignment]
    """Deliveries that this event stands for: at least 1. Where it is more, code,
    pid, uid, value and time are those of the first."""
    lost: int
    """Deliveries behind this one that found no room and are lost."""
    time: int
    """When it arrived: time.monotonic_ns()."""

    @property
    def name(self) -> str | None:
        """The signal's name: 'SIGINT', 'SIGRTMIN+3'."""
        return _native.name(self.signum)


class Disposition(NamedTuple):
    """Who stands at a signal."""

    kind: Stands
    """What the kernel has there now."""
    handler: Callable[[Event], object] | None
    """This context's handler, if it has one."""
    flags: int
    """How it was installed: safepoint.h's SAFEPOINT_RESTART and so on."""
    overwritten: bool
    """Whether something else stands where our handler was installed."""


class Stats(NamedTuple):
    """What happened in a context since its beginning, or the fork in a child.

    Once nothing is pending, arrivals = handled + coalesced + lost + dropped.
    """

    arrivals: int
    """Deliveries of signals that have a handler."""
    handled: int
    """Events that a handler was called for, or next() took."""
    coalesced: int
    """Deliveries that joined an event that was pending already."""
    lost: int
    """Deliveries kept apart that found no room."""
    dropped: int
    """Deliveries that were pending when their handler was removed."""
    calls_run: int
    """Calls and timers that were run, or next() took."""
    calls_refused: int
    """Calls that found no room: BlockingIOError."""
    calls_dropped: int
    """Calls dropped by fini() or close()."""
    wakeups_failed: int
    """Wake-ups that could not be written."""
    forwards: int
    """Kicks sent to an owner that waited, for what came elsewhere."""
    latency: tuple[int, ...]
    """From arrival to handler: latency[n] counts the events that waited at least
    2**n and less than 2**(n+1) nanoseconds. The last has all above."""


_native.use_types(Event, Interrupted)
