# SPDX-License-Identifier: MIT OR Apache-2.0
"""Contexts, and what they give out: Handler, Timer, Latch."""

from __future__ import annotations

import contextlib
import errno
import functools
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Protocol, TypeAlias

from safepoint import _native
from safepoint._types import Disposition, Event, Stands, Stats

Signal: TypeAlias = int | str
"""A signal's number, or its name: 2, signal.SIGINT, "SIGINT", "int"."""


class HasFileno(Protocol):
    def fileno(self) -> int: ...


def bits(signals: Iterable[Signal]) -> int:
    """A set of signals as the library has it: bit signum - 1."""
    result = 0
    for signal in signals:
        number = _native.number(signal)
        if not 1 <= number <= 64:
            raise ValueError(f"no signal has the number {number}")
        result |= 1 << (number - 1)
    return result


def numbers(bits: int) -> set[int]:
    """The numbers of the signals in a set."""
    return {n + 1 for n in range(64) if bits >> n & 1}


class Handler:
    """A handler that install() has installed.

    `with` takes it away at the end, as restore() does. One that stood there
    before, of the same context, is then installed again.
    """

    __slots__ = ("_context", "_previous", "installed", "signum")

    signum: int
    installed: bool
    """False where keep_ignored has left the signal ignored, or restored."""

    def __init__(
        self,
        context: Context,
        signum: int,
        installed: bool,
        previous: Disposition,
    ) -> None:
        self._context = context
        self._previous = previous
        self.signum = signum
        self.installed = installed

    def restore(self) -> None:
        """Take the handler away: owner. Again is no error."""
        if not self.installed:
            return
        if self._previous.handler is None:
            self._context.restore(self.signum)
        else:
            self._context._install(
                self.signum, self._previous.handler, self._previous.flags
            )
        self.installed = False

    def __enter__(self) -> Handler:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.restore()


class Timer:
    """A call that call_after() has armed. `with` cancels it at the end."""

    __slots__ = ("number",)

    number: int
    """For safepoint.cancel()."""

    def __init__(self, number: int) -> None:
        self.number = number

    def cancel(self) -> bool:
        """Whether that was in time: it is not run any more. Any thread.

        On another thread than the owner's it may be running just then.
        """
        try:
            _native.cancel(self.number)
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
            return False
        return True

    def __enter__(self) -> Timer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.cancel()


class Context(_native.Context):
    """An owner thread, its handlers, and what is pending for it.

    The calling thread owns it; it has nothing set. Each function of the module
    that acts on a context is a method here, and means this one. `with` closes it
    at the end. One that is dropped without close() closes itself, where the
    owner drops it. OSError where there are 4,096.
    """

    def __enter__(self) -> Context:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def install(
        self,
        signum: Signal,
        handler: Callable[[Event], object],
        *,
        restart: bool = False,
        chain: bool = False,
        oneshot: bool = False,
        queue: bool = False,
        if_default: bool = False,
        keep_ignored: bool = False,
    ) -> Handler:
        """Have handler(event) run at the owner's safe points when signum comes.

        It returns None, or raises what the check or the wait is to raise; a
        number that is not 0 raises Interrupted(number). An earlier handler is
        replaced.

        restart: system calls that the signal interrupts go on (SA_RESTART).
        chain: after recording, the C handler that stood before runs as before.
        oneshot: restored just before it is called, so it runs once.
        queue: every delivery is an event of its own; always so for real-time
        signals. 8,192 can wait.
        if_default: FileExistsError where somebody else's handler stands, as
        Python's own does for SIGINT.
        keep_ignored: leave the signal alone where it is ignored, as under nohup;
        `installed` is then False.

        Owner; the first to install becomes it, elsewhere PermissionError. OSError
        EINVAL where the signal does not exist or cannot be caught, ValueError
        where no signal is called that, TypeError where the handler cannot be
        called.
        """
        number = _native.number(signum)
        previous = self.query(number)
        flags = (
            restart << 0
            | chain << 1
            | oneshot << 2
            | queue << 3
            | if_default << 4
            | keep_ignored << 5
        )
        installed = self._install(number, handler, flags)
        return Handler(self, number, installed, previous)

    def query(self, signum: Signal) -> Disposition:
        """Who stands at a signal. Owner; any thread, where there is none."""
        kind, handler, flags, overwritten = self._query(signum)
        return Disposition(Stands(kind), handler, flags, overwritten)

    def set_escalation(
        self, signum: Signal, *, deliveries: int = 0, seconds: float = 0
    ) -> None:
        """Let no program hang: do the signal's default where the owner comes to
        no safe point.

        At this many deliveries with no safe point in between (2: the second
        Ctrl-C kills a hung program), or when one has waited this long; 0 is
        never. Waits of this module are safe points, and check() where something
        is pending. Owner, or the first.
        """
        self._set_escalation(signum, deliveries, seconds)

    def set_restart(self, signum: Signal, on: bool) -> None:
        """siginterrupt(3): whether system calls that this signal interrupts go
        on by themselves. Owner, or the first."""
        self._set_restart(signum, on)

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """`with hold():` no handler runs in here, and no wait ends for what
        arrives; that is recorded. Nests. Owner."""
        self._begin_hold()
        try:
            yield
        finally:
            self._end_hold()

    @contextlib.contextmanager
    def blocking(self) -> Iterator[bool]:
        """`with blocking() as pending:` foreign code in here may wait.

        Signals interrupt it (EINTR), again and again, and so do calls, timers and
        interrupts. Check afterwards. `pending` is True where something is pending
        already: then better leave it out. For C code that returns on EINTR;
        Python's own functions wait on (PEP 475). Nests. Owner.
        """
        pending = self._begin_blocking()
        try:
            yield pending
        finally:
            self._end_blocking()

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Have the owner call function(*args) at its next safe point.

        What it raises or returns counts as a handler's: os.write() returns a
        number that is not 0, so wrap it. Those that one thread
        adds run in that order. 1,024 can wait, then BlockingIOError. Any thread.
        """
        if args:
            function = functools.partial(function, *args)
        self._call(function)

    def call_after(
        self,
        seconds: float,
        function: Callable[..., object],
        *args: object,
        every: float | None = None,
    ) -> Timer:
        """Have the owner call function(*args) at its first safe point that is
        so many seconds away or more, and, with `every`, again and again.

        Never early; once for all times that have gone by without a safe point.
        What it raises or returns counts as a handler's. Takes no signal. Any
        thread. BlockingIOError where there are 65,536.
        """
        if args:
            function = functools.partial(function, *args)
        return Timer(self._call_after(seconds, every or 0, function))

    def set_wakeup_fd(self, fd: int, *, calls: bool = False) -> int:
        """Have fd written to when something arrives: a byte, the signal's
        number, to a pipe or a socket; 1 to an eventfd. The one before, or -1.

        It has to be non-blocking, and may be closed: the library keeps a
        duplicate. -1 is none. calls: calls, timers and interrupts write a byte 0.
        Drain it before you check, never after. Owner.
        """
        return self._set_wakeup_fd(fd, int(calls))

    def stats(self) -> Stats:
        """What happened in this context. Any thread."""
        values = self._stats()
        return Stats._make((*values[:10], values[10:]))

    def poll(
        self,
        fds: Iterable[tuple[int | HasFileno, int]],
        seconds: float | None = None,
    ) -> list[tuple[int, int]]:
        """poll(2): [(fd, events)] with select.POLLIN and so on; those that are
        ready. None is for ever. Handlers run meanwhile, and it goes on."""
        return self._poll(list(fds), seconds)

    def wait(
        self, signals: Iterable[Signal], seconds: float | None = None
    ) -> Event | None:
        """Take one of these signals, without its handler; None where time is up.

        One that is recorded already, or arrives, or is blocked and was sent.
        Others are handled meanwhile. 0 only looks, None is for ever. Any thread.
        """
        return self._wait(bits(signals), seconds)

    def mask(self, how: int, signals: Iterable[Signal]) -> set[int]:
        """Change the calling thread's mask by signal.SIG_BLOCK and so on; the one
        before. What is unblocked and was sent arrives, and on the owner's thread
        is handled, in here. Any thread.
        """
        return numbers(self._mask(how, bits(signals)))

    def pending(self) -> set[int]:
        """What was sent and not handled: blocked, or, on the owner's thread,
        recorded. Any thread."""
        return numbers(self._pending())

    def latch_wait(self, latch: Latch, seconds: float | None = None) -> bool:
        """latch.wait(), in which this context's handlers run."""
        return self._latch_wait(latch, seconds)


main = Context()
_native.become_main(main)


class Latch(_native.Latch):
    """What workers look at to see that they are to stop: threading.Event in four
    bytes, that anybody sets, once.

    Latch(buffer) has them in the first four bytes of a writable buffer, zeros at
    first: a shared mmap makes it one that processes share.
    """

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is set: True, or False where time is up. Any thread; on
        the owner's, handlers of the main context run meanwhile."""
        return main._latch_wait(self, seconds)
