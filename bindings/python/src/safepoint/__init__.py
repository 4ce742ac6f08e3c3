# SPDX-License-Identifier: MIT OR Apache-2.0
"""Signals that are recorded when they arrive, and handled later, by the thread
that owns them, at a point where it is safe.

    import safepoint

    def stop(event):
        raise SystemExit(f"{event.name} from process {event.pid}")

    safepoint.install("TERM", stop)
    while True:
        work()
        safepoint.check()

Words

    safe point   check(), or next(), by the owner; and each of its waits
    owner        the one thread that runs a context's handlers: the first that
                 calls init() or installs a handler
    context      an owner, its handlers, and what is pending for it. The module's
                 functions are about the main one; Context() makes more.

Rules

    A signal is a number or a name: 2, signal.SIGINT, "SIGINT", "int", "RTMIN+3".
    A time is in seconds, an int or a float; None is for ever.
    An error of the library's is an OSError, with errno and a sentence:
    PermissionError on a thread that is not the owner's.
    What a handler or a call raises comes out of the check or the wait that has
    run it; what had not run yet stays pending.
    Nothing here may be called in a signal handler of C's; Python has none.
"""

import atexit
import os
import signal as _signals

from safepoint import _native
from safepoint._contexts import Context, Handler, Latch, Signal, Timer, main
from safepoint._native import (
    alarm,
    cancel,
    describe,
    fini,
    getitimer,
    interrupted,
    kill,
    kill_thread,
    name,
    number,
    pidfd_send,
    queue,
    raise_signal,
    set_kick,
    setitimer,
)
from safepoint._types import Disposition, Event, Interrupted, Kind, Stands, Stats

__version__ = _native.version

INTERRUPTED = 130
"""For interrupt(): KeyboardInterrupt instead of Interrupted. 128 + SIGINT."""


def init(*, interpreter_defaults: bool = False) -> None:
    """Make the calling thread the owner of the main context.

    interpreter_defaults: SIGINT, where it has its default or Python's own
    handler, gets `interrupted`: Ctrl-C raises KeyboardInterrupt at the next safe
    point, and nowhere else. SIGPIPE and SIGXFSZ, at their defaults, are ignored.
    While safepoint.signal has the signals, Ctrl-C stays as that has it.

    The first thread, then the owner; PermissionError elsewhere. Again is no error.
    """
    _native.init(int(interpreter_defaults))
    pythons = _signals.getsignal(_signals.SIGINT) is _signals.default_int_handler
    stands = main.query(_signals.SIGINT).kind
    if interpreter_defaults and pythons and stands is Stands.FOREIGN:
        main.install(_signals.SIGINT, interrupted)


def valid() -> set[int]:
    """The signals that exist, but for the C library's own."""
    return set(_native.valid())


# The main context's methods. Bound once: to call one costs what any builtin does.
is_owner = main.is_owner
adopt = main.adopt
install = main.install
ignore = main.ignore
default = main.default
restore = main.restore
query = main.query
verify = main.verify
set_escalation = main.set_escalation
set_restart = main.set_restart
check = main.check
next = main.next
hold = main.hold
blocking = main.blocking
call = main.call
call_after = main.call_after
trip = main.trip
interrupt = main.interrupt
set_wakeup_fd = main.set_wakeup_fd
event_fd = main.event_fd
wakeup_failures = main.wakeup_failures
stats = main.stats
sleep = main.sleep
pause = main.pause
read = main.read
read_into = main.read_into
write = main.write
recv = main.recv
send = main.send
accept = main.accept
open = main.open
flock = main.flock
poll = main.poll
waitpid = main.waitpid
wait = main.wait
mask = main.mask
pending = main.pending
syscall = main.syscall

atexit.register(_native.close)
os.register_at_fork(after_in_child=_native.forked)

__all__ = [
    "INTERRUPTED",
    "Context",
    "Disposition",
    "Event",
    "Handler",
    "Interrupted",
    "Kind",
    "Latch",
    "Signal",
    "Stands",
    "Stats",
    "Timer",
    "accept",
    "adopt",
    "alarm",
    "blocking",
    "call",
    "call_after",
    "cancel",
    "check",
    "default",
    "describe",
    "event_fd",
    "fini",
    "flock",
    "getitimer",
    "hold",
    "ignore",
    "init",
    "install",
    "interrupt",
    "interrupted",
    "is_owner",
    "kill",
    "kill_thread",
    "main",
    "mask",
    "name",
    "next",
    "number",
    "open",
    "pause",
    "pending",
    "pidfd_send",
    "poll",
    "query",
    "queue",
    "raise_signal",
    "read",
    "read_into",
    "recv",
    "restore",
    "send",
    "set_escalation",
    "set_kick",
    "set_restart",
    "set_wakeup_fd",
    "setitimer",
    "sleep",
    "stats",
    "syscall",
    "trip",
    "valid",
    "verify",
    "wait",
    "waitpid",
    "wakeup_failures",
    "write",
]
