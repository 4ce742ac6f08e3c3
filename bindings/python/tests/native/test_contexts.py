# SPDX-License-Identifier: MIT OR Apache-2.0
import gc
import os
import threading
import weakref

import pytest

import safepoint
from safepoint import Context, Interrupted, Latch


def test_each_context_with_a_handler_gets_the_signal(seen):
    with Context() as first, Context() as second:
        first.install("USR1", lambda event: seen.append("first"))
        second.install("USR1", lambda event: seen.append("second"))
        safepoint.install("USR1", lambda event: seen.append("main"))
        safepoint.raise_signal("USR1")
        second.check()
        assert seen == ["second"]
        first.check()
        safepoint.check()
    assert seen == ["second", "first", "main"]


def test_trip_and_interrupt_are_one_contexts(seen):
    with Context() as first, Context() as second:
        for context in (first, second):
            context.install("USR1", seen.append)
        first.trip("USR1")
        second.check()
        assert seen == []
        first.check()
        assert len(seen) == 1
        first.interrupt(3)
        second.check()
        with pytest.raises(Interrupted):
            first.check()


def test_a_closed_context_is_refused():
    context = Context()
    assert context.closed is False
    context.close()
    context.close()
    assert context.closed is True
    for function, *arguments in (
        (context.check,),
        (context.next,),
        (context.install, "USR1", print),
        (context.call, print),
        (context.call_after, 0, print),
        (context.sleep, 0),
        (context.trip, "USR1"),
        (context.stats,),
        (context.latch_wait, Latch(), 0),
    ):
        with pytest.raises(OSError) as caught:
            function(*arguments)
        assert caught.value.errno == 116, function
    assert context.is_owner() is False


def test_the_main_context_cannot_be_closed(seen):
    with pytest.raises(OSError):
        safepoint.main.close()
    safepoint.call(seen.append, 1)
    safepoint.check()
    assert seen == [1]


def test_a_threads_own_context_handles_there(seen, thread):
    def work():
        with Context() as context:
            context.install("USR1", lambda event: seen.append(threading.get_ident()))
            safepoint.raise_signal("USR1")
            context.check()
            return threading.get_ident()

    assert thread(work) == seen[0] != threading.get_ident()


def test_another_thread_cancels_what_a_thread_waits_for():
    contexts, results = [], []
    ready = Latch()

    def work():
        with Context() as context:
            contexts.append(context)
            ready.set()
            try:
                context.sleep(None)
            except Interrupted as error:
                results.append(error.number)

    worker = threading.Thread(target=work)
    worker.start()
    ready.wait()
    contexts[0].interrupt(9)
    worker.join()
    assert results == [9]


def test_a_context_belongs_to_its_thread(thread):
    with Context() as context:
        assert context.is_owner() is True
        assert thread(context.is_owner) is False
        for function, *arguments in (
            (context.close,),
            (context.install, "USR1", print),
            (context.next,),
            (context.event_fd,),
        ):
            with pytest.raises(PermissionError):
                thread(function, *arguments)


def test_a_context_can_be_adopted(seen, thread):
    context = thread(Context)
    assert context.is_owner() is False
    context.call(seen.append, 1)
    context.adopt()
    context.check()
    context.close()
    assert seen == [1]


def test_a_context_that_is_dropped_closes_itself():
    handler = lambda event: None  # noqa: E731
    reference = weakref.ref(handler)
    context = Context()
    context.install("USR1", handler)
    context.call(handler)
    context.call_after(100, handler)
    del context, handler
    gc.collect()
    assert reference() is None
    assert safepoint.query("USR1").kind is safepoint.Stands.DEFAULT


def test_a_context_with_a_handler_that_knows_it_is_closed_by_hand():
    context = Context()
    context.install("USR1", lambda event: context.check())
    reference = weakref.ref(context)
    context.close()
    del context
    gc.collect()
    assert reference() is None


def test_a_context_is_not_closed_by_its_own_handler(seen):
    context = Context()

    def handler(event):
        with pytest.raises(OSError) as caught:
            context.close()
        seen.append(caught.value.errno)

    context.install("USR1", handler)
    context.trip("USR1")
    context.check()
    context.close()
    assert seen == [16]


def test_4096_contexts_and_no_more():
    contexts = [Context() for _ in range(4096)]
    with pytest.raises(OSError) as caught:
        Context()
    assert caught.value.errno == 12
    for context in contexts:
        context.close()


def test_contexts_of_many_threads_each_get_every_signal():
    count, workers = 200, 4
    done = threading.Barrier(workers + 1)
    begin = threading.Barrier(workers + 1)
    handled = []

    def work():
        with Context() as context:
            total = []
            context.install("RTMIN+3", total.append)
            begin.wait()
            while len(total) < count:
                context.sleep(0.001)
            handled.append([event.value for event in total])
            done.wait()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    begin.wait()
    for n in range(count):
        safepoint.queue(os.getpid(), "RTMIN+3", n)
    done.wait()
    for thread in threads:
        thread.join()
    assert handled == [list(range(count))] * workers
