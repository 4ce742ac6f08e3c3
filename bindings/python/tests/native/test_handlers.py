# SPDX-License-Identifier: MIT OR Apache-2.0
import os
import signal
import time
import weakref

import pytest

import safepoint
from safepoint import Interrupted, Kind, Stands


def test_a_handler_runs_at_the_check_and_not_before(seen):
    safepoint.install("USR1", seen.append)
    safepoint.kill(os.getpid(), "USR1")
    assert seen == []
    safepoint.check()
    assert [event.signum for event in seen] == [signal.SIGUSR1]
    safepoint.check()
    assert len(seen) == 1


def test_an_event_says_who_and_when(seen):
    safepoint.install(signal.SIGUSR1, seen.append)
    before = time.monotonic_ns()
    os.kill(os.getpid(), signal.SIGUSR1)
    after = time.monotonic_ns()
    safepoint.check()
    (event,) = seen
    assert event.kind == Kind.SIGNAL
    assert event.name == "SIGUSR1"
    assert (event.pid, event.uid, event.code) == (os.getpid(), os.getuid(), 0)
    assert (event.count, event.lost, event.call) == (1, 0, None)
    assert before <= event.time <= after
    with pytest.raises(AttributeError):
        event.pid = 1


def test_an_event_has_the_value_that_was_queued(seen):
    safepoint.install("RTMIN+2", seen.append)
    for value in (-(2**63), -1, 0, 2**63 - 1):
        safepoint.queue(os.getpid(), "RTMIN+2", value)
    safepoint.check()
    assert [event.value for event in seen] == [-(2**63), -1, 0, 2**63 - 1]


def test_an_event_has_the_childs_status(seen):
    safepoint.install("CHLD", seen.append)
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 7"], {})
    assert safepoint.waitpid(pid) == (pid, 7 << 8)
    while not seen:
        safepoint.pause()
    assert (seen[0].pid, seen[0].status) == (pid, 7)


def test_deliveries_that_merge_are_counted(seen):
    safepoint.install("USR1", seen.append)
    for _ in range(5):
        safepoint.raise_signal("USR1")
    safepoint.check()
    assert [event.count for event in seen] == [5]


def test_queue_keeps_deliveries_apart(seen):
    safepoint.install("USR1", seen.append, queue=True)
    for _ in range(5):
        safepoint.raise_signal("USR1")
    safepoint.check()
    assert [event.count for event in seen] == [1] * 5


def test_an_exception_comes_out_of_the_check_and_the_rest_stays(seen):
    error = KeyError("mine")

    def fail(event):
        raise error

    safepoint.install("USR1", fail)
    safepoint.install("USR2", seen.append)
    safepoint.raise_signal("USR2")
    safepoint.raise_signal("USR1")
    with pytest.raises(KeyError) as caught:
        safepoint.check()
    assert caught.value is error
    assert seen == []
    safepoint.check()
    assert len(seen) == 1


@pytest.mark.parametrize("number", [1, -1, -22, -116, 2**31 - 1, -(2**31), True])
def test_a_number_is_raised_as_interrupted(number):
    safepoint.install("USR1", lambda event: number)
    safepoint.raise_signal("USR1")
    with pytest.raises(Interrupted) as caught:
        safepoint.check()
    assert caught.value.number == number
    assert not isinstance(caught.value, Exception)


@pytest.mark.parametrize(
    ("result", "error"), [(2**31, OverflowError), ("1", TypeError), (1.0, TypeError)]
)
def test_what_is_no_number_is_an_error(result, error):
    safepoint.install("USR1", lambda event: result)
    safepoint.raise_signal("USR1")
    with pytest.raises(error, match="a handler"):
        safepoint.check()


@pytest.mark.parametrize("result", [None, 0, False])
def test_nothing_and_zero_raise_nothing(result):
    safepoint.install("USR1", lambda event: result)
    safepoint.raise_signal("USR1")
    safepoint.check()


def test_interrupted_raises_keyboard_interrupt():
    safepoint.install("USR1", safepoint.interrupted)
    assert safepoint.query("USR1").handler is safepoint.interrupted
    safepoint.raise_signal("USR1")
    with pytest.raises(KeyboardInterrupt):
        safepoint.check()


def test_a_handler_may_check_install_and_restore(seen):
    def outer(event):
        seen.append("outer")
        safepoint.raise_signal("USR2")
        safepoint.check()
        safepoint.restore("USR1")
        safepoint.install("USR1", lambda event: seen.append("new"))

    safepoint.install("USR1", outer)
    safepoint.install("USR2", lambda event: seen.append("inner"))
    safepoint.raise_signal("USR1")
    safepoint.check()
    safepoint.raise_signal("USR1")
    safepoint.check()
    assert seen == ["outer", "inner", "new"]


def test_with_puts_back_what_stood_there():
    before = signal.getsignal(signal.SIGUSR1)
    with safepoint.install("USR1", print) as handler:
        assert handler.installed and handler.signum == signal.SIGUSR1
        assert safepoint.query("USR1").kind is Stands.HANDLER
    assert not handler.installed
    assert safepoint.query("USR1") == (Stands.DEFAULT, None, 0, False)
    assert signal.getsignal(signal.SIGUSR1) == before


def test_with_in_with_gives_the_outer_handler_back(seen):
    with safepoint.install("USR1", seen.append, queue=True):
        with safepoint.install("USR1", print):
            pass
        safepoint.raise_signal("USR1")
        safepoint.raise_signal("USR1")
        safepoint.check()
    assert [event.count for event in seen] == [1, 1]


def test_oneshot_runs_once(seen):
    safepoint.install("USR1", seen.append, oneshot=True)
    safepoint.raise_signal("USR1")
    safepoint.check()
    assert len(seen) == 1
    assert safepoint.query("USR1").kind is Stands.DEFAULT


def test_keep_ignored_leaves_an_ignored_signal():
    old = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    with safepoint.install("USR1", print, keep_ignored=True) as handler:
        assert not handler.installed
        assert safepoint.query("USR1").kind is Stands.IGNORED
    assert safepoint.query("USR1").kind is Stands.IGNORED
    signal.signal(signal.SIGUSR1, old)


def test_if_default_refuses_a_place_that_is_taken():
    with pytest.raises(FileExistsError):
        safepoint.install("INT", print, if_default=True)
    assert safepoint.query("INT") == (Stands.FOREIGN, None, 0, False)


def test_a_refused_handler_changes_nothing_and_is_let_go(seen):
    def refused(event):
        seen.append("refused")

    reference = weakref.ref(refused)
    safepoint.install("USR1", lambda event: seen.append("first"))
    old = signal.signal(signal.SIGUSR1, print)  # over ours
    for name in ("USR1", "INT"):
        with pytest.raises(FileExistsError):
            safepoint.install(name, refused, if_default=True)
    safepoint.trip("USR1")
    safepoint.check()
    assert seen == ["first"]
    del refused
    assert reference() is None
    safepoint.restore("USR1")
    signal.signal(signal.SIGUSR1, old)


def test_if_default_refuses_pythons_handler_after_a_wait_too():
    safepoint.sleep(0)
    with pytest.raises(FileExistsError):
        safepoint.install("INT", print, if_default=True)
    assert safepoint.query("INT").kind is Stands.FOREIGN


def test_chain_calls_pythons_handler_too(seen):
    old = signal.signal(signal.SIGUSR1, lambda signum, frame: seen.append("python"))
    try:
        with safepoint.install("USR1", lambda event: seen.append("ours"), chain=True):
            os.kill(os.getpid(), signal.SIGUSR1)
            assert seen == ["python"]
            safepoint.check()
            assert seen == ["python", "ours"]
    finally:
        signal.signal(signal.SIGUSR1, old)


def test_ignore_and_default_take_the_handler_away():
    safepoint.install("USR1", print)
    assert safepoint.ignore("USR1") is True
    assert safepoint.query("USR1").kind is Stands.IGNORED
    assert safepoint.default("USR1") is True
    assert safepoint.query("USR1").kind is Stands.DEFAULT


def test_a_handler_over_ours_is_seen_and_left_alone(seen):
    safepoint.install("USR1", seen.append)
    assert safepoint.verify("USR1") is True
    old = signal.signal(signal.SIGUSR1, lambda signum, frame: None)
    assert safepoint.verify("USR1") is False
    stands = safepoint.query("USR1")
    assert (stands.kind, stands.overwritten) == (Stands.FOREIGN, True)
    assert safepoint.restore("USR1") is False
    signal.signal(signal.SIGUSR1, old)


@pytest.mark.parametrize("signum", ["KILL", "STOP", 0, -1, 65, 2**31, -(2**31) - 1])
def test_signals_that_cannot_be_caught_are_refused(signum):
    with pytest.raises(OSError) as caught:
        safepoint.install(signum, print)
    assert caught.value.errno == 22


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="no signal is called 'NIX'"):
        safepoint.install("NIX", print)
    with pytest.raises(TypeError, match="a handler must be callable, not 1"):
        safepoint.install("USR1", 1)
    with pytest.raises(TypeError):
        safepoint.install(1.5, print)
    assert safepoint.query("USR1").kind is Stands.DEFAULT


def test_only_the_owner_installs(thread):
    with pytest.raises(PermissionError):
        thread(safepoint.install, "USR1", print)


def test_escalation_kills_a_program_that_hangs(python):
    program = """
import os, safepoint
safepoint.install("USR1", print)
safepoint.set_escalation("USR1", deliveries=3)
for n in range(3):
    os.write(1, b"%d" % n)
    os.kill(os.getpid(), 10)
os.write(1, b"alive")
"""
    assert python(program, status=-signal.SIGUSR1) == "012"


@pytest.mark.parametrize("deliveries", [-1, 2**32])
def test_escalation_refuses_what_is_no_count(deliveries):
    with pytest.raises(OverflowError):
        safepoint.set_escalation("INT", deliveries=deliveries)


def test_set_restart_is_siginterrupt():
    import ctypes

    restart = 0x10000000
    safepoint.install("USR1", print)

    class Sigaction(ctypes.Structure):
        _fields_ = [
            ("handler", ctypes.c_void_p),
            ("mask", ctypes.c_ulong * 16),
            ("flags", ctypes.c_int),
            ("restorer", ctypes.c_void_p),
        ]

    found = Sigaction()
    for on in (True, False):
        safepoint.set_restart("USR1", on)
        assert ctypes.CDLL(None).sigaction(10, None, ctypes.byref(found)) == 0
        assert bool(found.flags & restart) is on
