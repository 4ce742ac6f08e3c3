# SPDX-License-Identifier: MIT OR Apache-2.0
import os
import signal
import threading

import pytest

import safepoint


def test_signals_have_names_and_numbers():
    for signum in signal.valid_signals():
        name = safepoint.name(signum)
        assert safepoint.number(name) == signum
        assert safepoint.number(name.lower().removeprefix("sig")) == signum
        assert safepoint.number(str(int(signum))) == signum
        assert safepoint.describe(signum)
    assert safepoint.name(signal.SIGINT) == "SIGINT"
    assert safepoint.describe("INT") == "Interrupt"
    assert safepoint.name(0) is None and safepoint.describe(99) is None
    assert safepoint.valid() == {int(n) for n in signal.valid_signals()}
    assert safepoint.number("RTMIN+3") == signal.SIGRTMIN + 3
    with pytest.raises(ValueError, match="no signal is called 'x'"):
        safepoint.number("x")


def test_kill_thread_and_pidfd_send_reach_this_process(seen):
    safepoint.install("USR1", seen.append)
    safepoint.kill_thread(threading.get_ident(), "USR1")
    safepoint.check()
    fd = os.pidfd_open(os.getpid())
    safepoint.pidfd_send(fd, "USR1")
    os.close(fd)
    safepoint.check()
    assert [event.pid for event in seen] == [os.getpid()] * 2


def test_sending_says_why_it_cannot():
    with pytest.raises(ProcessLookupError):
        safepoint.kill(2**22 + 1, "USR1")
    with pytest.raises(OSError):
        safepoint.kill(os.getpid(), 99)
    with pytest.raises(ValueError):
        safepoint.raise_signal("NIX")
    with pytest.raises(OverflowError):
        safepoint.kill(2**31, "USR1")
    with pytest.raises(OverflowError):
        safepoint.queue(os.getpid(), "USR1", 2**63)
    with pytest.raises(OSError):
        safepoint.pidfd_send(987654, "USR1")


def test_a_masked_signal_is_pending_and_handled_when_unmasked(seen):
    safepoint.install("USR1", seen.append)
    before = safepoint.mask(signal.SIG_BLOCK, ["USR1", signal.SIGUSR2])
    assert signal.SIGUSR1 not in before
    safepoint.raise_signal("USR1")
    assert safepoint.pending() == {signal.SIGUSR1}
    safepoint.check()
    assert seen == []
    blocked = safepoint.mask(signal.SIG_SETMASK, before)
    assert {signal.SIGUSR1, signal.SIGUSR2} <= blocked
    assert len(seen) == 1
    assert safepoint.pending() == set()


def test_a_handler_that_raises_in_mask_raises_there():
    safepoint.install("USR1", lambda event: 1 / 0)
    safepoint.mask(signal.SIG_BLOCK, ["USR1"])
    safepoint.raise_signal("USR1")
    with pytest.raises(ZeroDivisionError):
        safepoint.mask(signal.SIG_UNBLOCK, ["USR1"])
    assert signal.SIGUSR1 not in safepoint.mask(signal.SIG_BLOCK, [])


def test_masks_and_sets_refuse_what_is_no_signal():
    with pytest.raises(ValueError):
        safepoint.mask(signal.SIG_BLOCK, [0])
    with pytest.raises(ValueError):
        safepoint.wait([65])
    with pytest.raises(OSError):
        safepoint.wait([])
    with pytest.raises(OSError):
        safepoint.mask(99, [])


def test_alarm_and_itimers():
    assert safepoint.alarm(100) == 0
    assert safepoint.alarm(0) in (99, 100)
    for number in (-1, 2**32):
        with pytest.raises(OverflowError):
            safepoint.alarm(number)
    events = []
    safepoint.install("ALRM", events.append)
    assert safepoint.setitimer(signal.ITIMER_REAL, 0.001, interval=0.001) == (0, 0)
    while sum(event.count for event in events) < 3:
        safepoint.pause()
    assert safepoint.getitimer(signal.ITIMER_REAL)[1] == 0.001
    assert safepoint.setitimer(signal.ITIMER_REAL, 0)[1] == 0.001
    assert safepoint.getitimer(signal.ITIMER_REAL) == (0, 0)
    with pytest.raises(OSError):
        safepoint.getitimer(9)
    with pytest.raises(ValueError):
        safepoint.setitimer(signal.ITIMER_REAL, -1)


HUGE = [2**31, 2**32, 2**33, 2**40, -(2**40)]


@pytest.mark.parametrize("number", HUGE)
def test_a_number_that_is_no_int_of_cs_is_no_signal(number):
    for wrong in (
        lambda: safepoint.kill(os.getpid(), number),
        lambda: safepoint.queue(os.getpid(), number, 5),
        lambda: safepoint.number(number),
        lambda: safepoint.install(number, print),
    ):
        with pytest.raises(OSError, match="no such signal"):
            wrong()


@pytest.mark.parametrize("name", ["INT\0x", "INT\0", "\0"])
def test_a_name_does_not_end_at_a_nul(name):
    with pytest.raises(ValueError, match="no signal is called"):
        safepoint.number(name)
