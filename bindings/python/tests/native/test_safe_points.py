# SPDX-License-Identifier: MIT OR Apache-2.0
import fcntl
import os
import select
import signal

import pytest

import safepoint
from safepoint import Interrupted, Kind


def test_check_does_nothing_on_another_thread(seen, thread):
    safepoint.install("USR1", seen.append)
    safepoint.trip("USR1")
    thread(safepoint.check)
    assert seen == []
    safepoint.check()
    assert len(seen) == 1


def test_handlers_run_by_rising_signal_number(seen):
    for name in ("RTMIN+1", "USR2", "HUP"):
        safepoint.install(name, seen.append)
        safepoint.trip(name)
    safepoint.check()
    assert [event.name for event in seen] == ["SIGHUP", "SIGUSR2", "SIGRTMIN+1"]


def test_next_gives_events_without_handlers(seen):
    safepoint.install("USR1", seen.append)

    def call():
        seen.append("call")

    safepoint.trip("USR1")
    safepoint.call(call)
    first, second = safepoint.next(), safepoint.next()
    assert (first.kind, first.signum) == (Kind.SIGNAL, signal.SIGUSR1)
    assert (second.kind, second.call) == (Kind.CALL, call)
    assert safepoint.next() is None
    assert seen == []
    safepoint.interrupt(5)
    third = safepoint.next()
    assert (third.kind, third.status) == (Kind.INTERRUPT, 5)


def test_next_is_the_owners(thread):
    with pytest.raises(PermissionError):
        thread(safepoint.next)


def test_hold_defers_and_nests(seen):
    safepoint.install("USR1", seen.append)
    with safepoint.hold():
        with safepoint.hold():
            safepoint.raise_signal("USR1")
            safepoint.check()
        safepoint.check()
        assert seen == [] and safepoint.next() is None
    safepoint.check()
    assert len(seen) == 1


def test_hold_ends_with_an_exception(seen):
    safepoint.install("USR1", seen.append)
    with pytest.raises(ZeroDivisionError), safepoint.hold():
        safepoint.raise_signal("USR1")
        raise ZeroDivisionError
    safepoint.check()
    assert len(seen) == 1


def test_interrupt_raises_its_number_before_all_else(seen, thread):
    safepoint.install("USR1", seen.append)
    safepoint.trip("USR1")
    thread(safepoint.interrupt, 42)
    with pytest.raises(Interrupted) as caught:
        safepoint.check()
    assert caught.value.number == 42 and seen == []
    safepoint.check()
    assert len(seen) == 1


@pytest.mark.parametrize("number", [-22, -116, -4])
def test_interrupt_with_a_number_that_is_an_errno_too(number):
    safepoint.interrupt(number)
    with pytest.raises(Interrupted) as caught:
        safepoint.check()
    assert caught.value.number == number


def test_interrupt_can_be_ctrl_c():
    safepoint.interrupt(safepoint.INTERRUPTED)
    with pytest.raises(KeyboardInterrupt):
        safepoint.check()


def test_interrupt_refuses_zero_and_what_is_no_int():
    with pytest.raises(OSError):
        safepoint.interrupt(0)
    with pytest.raises(OverflowError):
        safepoint.interrupt(2**31)


def test_trip_needs_a_handler():
    safepoint.trip("USR1")
    assert safepoint.next() is None
    with pytest.raises(OSError):
        safepoint.trip(0)


def test_a_wakeup_pipe_gets_the_number():
    read, write = os.pipe2(os.O_NONBLOCK)
    safepoint.install("USR1", print)
    assert safepoint.set_wakeup_fd(write, calls=True) == -1
    safepoint.raise_signal("USR1")
    assert os.read(read, 10) == bytes([signal.SIGUSR1])
    assert safepoint.next().signum == signal.SIGUSR1
    safepoint.call(print)
    assert os.read(read, 10) == b"\0"
    assert safepoint.set_wakeup_fd(-1) == write
    os.close(read)
    os.close(write)


def test_a_wakeup_pipe_must_not_block():
    read, write = os.pipe()
    with pytest.raises(OSError) as caught:
        safepoint.set_wakeup_fd(write)
    assert caught.value.errno == 22
    os.close(read)
    os.close(write)


def test_a_full_wakeup_pipe_is_counted():
    read, write = os.pipe2(os.O_NONBLOCK)
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    os.write(write, bytes(4096))
    safepoint.install("USR1", lambda event: None)
    safepoint.set_wakeup_fd(write)
    safepoint.raise_signal("USR1")
    assert safepoint.wakeup_failures() == (1, 11)
    assert safepoint.wakeup_failures() == (0, 0)
    os.close(read)
    os.close(write)


def test_the_event_fd_is_readable_while_something_is_pending():
    fd = safepoint.event_fd()
    assert safepoint.event_fd() == fd
    assert select.select([fd], [], [], 0)[0] == []
    safepoint.install("USR1", lambda event: None)
    safepoint.raise_signal("USR1")
    assert select.select([fd], [], [], 0)[0] == [fd]
    safepoint.check()
    assert select.select([fd], [], [], 0)[0] == []


def test_the_statistics_balance(seen):
    safepoint.fini()
    safepoint.init()
    before = safepoint.stats()
    safepoint.install("USR1", seen.append)
    for _ in range(10):
        safepoint.raise_signal("USR1")
    safepoint.check()
    safepoint.raise_signal("USR1")
    safepoint.restore("USR1")
    after = safepoint.stats()
    assert (after.arrivals, after.handled, after.coalesced, after.dropped) == (
        before.arrivals + 11,
        before.handled + 1,
        before.coalesced + 9,
        before.dropped + 1,
    )
    assert sum(after.latency) == sum(before.latency) + 1
    assert len(after.latency) == 40
