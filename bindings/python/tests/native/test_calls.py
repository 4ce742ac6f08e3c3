# SPDX-License-Identifier: MIT OR Apache-2.0
import gc
import threading
import time
import weakref

import pytest

import safepoint
from safepoint import Interrupted, Kind


class Callee:
    """Callable, and known to be gone."""

    def __init__(self, result=None):
        self.result = result
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return self.result


def gone(reference):
    gc.collect()
    return reference() is None


def test_a_call_runs_on_the_owner_at_its_check(seen, thread):
    def call(*arguments):
        seen.append((threading.get_ident(), arguments))

    thread(safepoint.call, call, 1, "two")
    assert seen == []
    safepoint.check()
    assert seen == [(threading.get_ident(), (1, "two"))]


def test_what_a_call_raises_comes_out_of_the_check(seen):
    safepoint.call(lambda: 1 / 0)
    safepoint.call(lambda: 7)
    safepoint.call(seen.append, 1)
    with pytest.raises(ZeroDivisionError):
        safepoint.check()
    with pytest.raises(Interrupted, match="7"):
        safepoint.check()
    safepoint.check()
    assert seen == [1]


def test_1024_calls_wait_and_more_are_refused(seen):
    for n in range(1024):
        safepoint.call(seen.append, n)
    with pytest.raises(BlockingIOError):
        safepoint.call(seen.append, 1024)
    safepoint.check()
    assert seen == list(range(1024))


def test_a_call_is_let_go_when_it_has_run_or_was_refused():
    callee = Callee()
    reference = weakref.ref(callee)
    for _ in range(1024):
        safepoint.call(callee)
    with pytest.raises(BlockingIOError):
        safepoint.call(callee)
    del callee
    assert not gone(reference)
    safepoint.check()
    assert gone(reference)


def test_a_call_is_let_go_when_it_is_dropped():
    callee = Callee()
    reference = weakref.ref(callee)
    safepoint.call(callee)
    safepoint.call_after(100, callee)
    safepoint.call_after(100, callee, every=1)
    del callee
    assert not gone(reference)
    safepoint.fini()
    assert gone(reference)
    assert safepoint.stats().calls_dropped == 1


def test_a_handler_is_let_go_when_it_is_replaced_or_restored():
    references = []
    for _ in range(3):
        handler = Callee()
        references.append(weakref.ref(handler))
        safepoint.install("USR1", handler)
        del handler
    assert [gone(reference) for reference in references] == [True, True, False]
    safepoint.restore("USR1")
    assert gone(references[2])


def test_a_handler_that_runs_once_is_let_go_then():
    for take in (safepoint.check, safepoint.next):
        handler = lambda event: None  # noqa: E731
        reference = weakref.ref(handler)
        safepoint.install("USR1", handler, oneshot=True)
        safepoint.raise_signal("USR1")
        take()
        del handler
        assert gone(reference)


@pytest.mark.parametrize("function", [1, None, "f"])
def test_what_cannot_be_called_is_refused(function):
    with pytest.raises(TypeError):
        safepoint.call(function)
    with pytest.raises(TypeError):
        safepoint.call_after(0, function)
    with pytest.raises(TypeError):
        safepoint.call(function, 1)
    assert safepoint.next() is None


def test_a_timer_is_never_early_and_runs_once(seen):
    for seconds in (0, 0.001, 0.02):
        began = time.monotonic_ns()
        safepoint.call_after(seconds, lambda: seen.append(time.monotonic_ns()))
        while not seen:
            safepoint.check()
        assert seen.pop() - began >= seconds * 1e9
    time.sleep(0.03)
    safepoint.check()
    assert seen == []


def test_a_timer_repeats_until_it_is_cancelled(seen):
    callee = Callee()
    reference = weakref.ref(callee)
    timer = safepoint.call_after(0.001, callee, every=0.001)
    while callee.calls < 5:
        safepoint.check()
    assert timer.cancel() is True
    assert timer.cancel() is False
    ran = callee.calls
    time.sleep(0.01)
    safepoint.check()
    assert callee.calls == ran
    del callee
    assert gone(reference)


def test_a_timer_cancels_itself_in_its_run(seen):
    timer = safepoint.call_after(0, lambda: seen.append(timer.cancel()), every=0.001)
    while not seen:
        safepoint.check()
    time.sleep(0.01)
    safepoint.check()
    assert seen == [True]


def test_with_cancels_a_timer():
    with safepoint.call_after(100, print) as timer:
        pass
    assert timer.cancel() is False


def test_a_deadline_that_ran_can_be_cancelled():
    def late():
        raise TimeoutError

    with pytest.raises(TimeoutError), safepoint.call_after(0.001, late):
        while True:
            safepoint.check()


def test_cancel_knows_its_timers():
    for number in (0, 1 << 40, 2**64 - 1):
        with pytest.raises(FileNotFoundError):
            safepoint.cancel(number)


def test_a_timer_is_an_event_of_next():
    callee = Callee()
    safepoint.call_after(0, callee)
    while (event := safepoint.next()) is None:
        pass
    assert (event.kind, event.call) == (Kind.TIMER, callee)
    assert callee.calls == 0


@pytest.mark.parametrize("seconds", [-1, -1e-9, float("nan"), -float("inf")])
def test_times_are_not_negative(seconds):
    with pytest.raises(ValueError, match="seconds must not be negative"):
        safepoint.call_after(seconds, print)
    with pytest.raises(ValueError, match="seconds must not be negative"):
        safepoint.call_after(1, print, every=seconds)
    with pytest.raises(ValueError, match="seconds must not be negative"):
        safepoint.sleep(seconds)


@pytest.mark.parametrize("seconds", [1e6, 1e30, float("inf"), None])
def test_times_may_be_long(seconds):
    assert safepoint.call_after(seconds, print).cancel() is True


def test_cancelling_on_another_thread_races_with_the_run():
    """Each is run, or was cancelled in time, and never both."""
    ran = set()
    numbers = range(2000)
    cancelled = set()
    timers = [safepoint.call_after(0.02, ran.add, n) for n in numbers]

    def cancel():
        for n in reversed(numbers):
            if timers[n].cancel():
                cancelled.add(n)

    other = threading.Thread(target=cancel)
    other.start()
    while len(ran) + len(cancelled) < len(numbers) or other.is_alive():
        safepoint.check()
    other.join()
    safepoint.check()
    assert not ran & cancelled
    assert ran | cancelled == set(numbers)


def test_calls_from_many_threads_all_run_in_order():
    ran = []

    def add(thread):
        n = 0
        while n < 2000:
            try:
                safepoint.call(ran.append, (thread, n))
                n += 1
            except BlockingIOError:
                time.sleep(0.0001)

    threads = [threading.Thread(target=add, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    while len(ran) < 8000:
        safepoint.check()
    for thread in threads:
        thread.join()
    for thread in range(4):
        assert [n for of, n in ran if of == thread] == list(range(2000))
