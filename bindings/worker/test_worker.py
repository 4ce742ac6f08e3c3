# SPDX-License-Identifier: MIT OR Apache-2.0
"""What README.md says of the worker, in whatever language it is written."""

import os
import re
import signal
import time

import pytest

ME = f"from {os.getpid()} uid {os.getuid()}"
RTMIN1, RTMIN2 = signal.SIGRTMIN + 1, signal.SIGRTMIN + 2


@pytest.mark.parametrize("how", ["spin", "wait"])
def test_arrival(start, how):
    worker = start("arrival", how)
    for _ in range(50):
        for name in ["SIGUSR1", "SIGHUP", "SIGUSR2"]:
            worker.send(getattr(signal, name))
            worker.expect(f"{name} {ME}")
    worker.send(signal.SIGTERM)
    worker.expect("raised 15")
    worker.ends()


def so_far(worker):
    worker.send(signal.SIGUSR2)
    line = worker.line()
    found = re.fullmatch(r"so far SIGUSR1 (\d+) SIGRTMIN\+1 (\d+)", line or "")
    assert found, f"{line!r}"
    return [int(n) for n in found.groups()]


def count_after(worker, what):
    line = worker.line() or ""
    assert line.startswith(what + " "), f"{what} expected: {line!r}"
    return int(line.removeprefix(what + " "))


def test_storm(start):
    """No delivery is lost, and none is invented."""
    sent = 20_000
    worker = start("storm")
    for number in range(sent):
        worker.send(signal.SIGUSR1)
        worker.queue(RTMIN1, number)
    asked, before = 1, so_far(worker)
    while asked < 1000:  # until all that was under way has come
        time.sleep(0.01)
        now = so_far(worker)
        asked += 1
        if now == before:
            break
        before = now
    worker.send(signal.SIGTERM)
    worker.expect("raised 15")
    usr1 = count_after(worker, "SIGUSR1")
    rtmin1 = count_after(worker, "SIGRTMIN+1")
    line = worker.line()
    books = r"(\d+) arrivals = (\d+) handled \+ (\d+) coalesced \+ (\d+) lost \+ (\d+) dropped"
    found = re.fullmatch(books, line or "")
    assert found, f"{line!r}"
    arrivals, handled, coalesced, lost, dropped = map(int, found.groups())
    worker.ends()
    print(f"{usr1} SIGUSR1, {rtmin1} of {sent} SIGRTMIN+1; {line}")
    assert rtmin1 + lost == sent
    assert 0 < usr1 <= sent
    assert arrivals == handled + coalesced + lost + dropped
    assert dropped == 0
    # One SIGTERM, and of those that asked, as many as the kernel let through.
    assert arrivals == usr1 + rtmin1 + lost + 1 + asked


def test_values(start):
    """20 at once, before a safe point can have come between: 20 calls, in the
    order of signals and then as they were sent."""
    worker = start("values")
    values = [0, 1, -1, 2**31, -(2**31), 2**40, 2**53 - 1, 1 - 2**53]
    for value in values:
        worker.queue(RTMIN1, value)
        worker.expect(f"SIGRTMIN+1 value {value}")
    worker.send(signal.SIGSTOP)
    os.waitid(os.P_PID, worker.pid, os.WSTOPPED)
    for value in range(20):
        worker.queue(RTMIN2, -value)
        worker.queue(RTMIN1, value)
    worker.send(signal.SIGCONT)
    came = [worker.line() for _ in range(40)]
    for name, sign in ("SIGRTMIN+1", 1), ("SIGRTMIN+2", -1):
        of_this = [line for line in came if line.startswith(name + " ")]
        assert of_this == [f"{name} value {sign * value}" for value in range(20)]
    worker.send(signal.SIGTERM)
    worker.expect("raised 15")
    worker.ends()


def test_calls(start):
    worker = start("calls", 4, 5000)
    worker.expect("20000 calls", "in order yes", "on the owner yes", "raised 7")
    worker.ends()


def test_deadline(start):
    worker = start("deadline", 50)
    worker.expect("raised 9", "early no", "tick 1", "tick 2", "tick 3", "cancelled")
    worker.ends()


@pytest.mark.parametrize("how", ["spin", "wait", "read"])
def test_interrupt(start, how):
    worker = start("interrupt", how, terminal=True)
    worker.press_ctrl_c()
    worker.expect("interrupted 130")
    worker.ends(-signal.SIGINT)


def test_hang_and_a_second_ctrl_c(start):
    worker = start("hang", 2, 0, terminal=True)
    worker.press_ctrl_c()
    assert worker.process.poll() is None
    worker.press_ctrl_c()
    worker.ends(-signal.SIGINT)


def test_hang_for_too_long(start):
    worker = start("hang", 0, 200, terminal=True)
    worker.press_ctrl_c()
    worker.ends(-signal.SIGINT)


def test_fork(start):
    worker = start("fork", ready=False)
    worker.skip_if_it_cannot()
    worker.expect("ready", "child owner yes", "child handled 0", "child handled 1")
    worker.expect("parent handled 1", "child ended 3")
    worker.ends()


def test_child(start):
    worker = start("child")
    worker.expect("SIGCHLD status 3", "child ended 3")
    worker.expect("SIGCHLD status 15", "child died by SIGTERM")
    worker.ends()


def test_errors(start):
    worker = start("errors")
    worker.expect("SIGKILL EINVAL", "0 EINVAL", "another thread EPERM", "no timer ENOENT")
    worker.ends()


@pytest.mark.parametrize("line", ["", "what", "arrival", "arrival jump", "calls 0 1",
                                  "calls 1 x", "deadline", "storm 1", "cost -1"])
def test_usage(start, line):
    worker = start(*line.split(), ready=False)
    worker.ends(2)
    assert worker.complaint() == "usage: worker SCENARIO [ARGUMENT...]\n"
