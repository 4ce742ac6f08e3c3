# SPDX-License-Identifier: MIT OR Apache-2.0
"""Each test begins as the owner of a main context with nothing in it."""

import os
import signal
import subprocess
import sys
import threading

import pytest

import safepoint

# As in pyproject.toml.
PATIENCE = 60


@pytest.fixture(autouse=True)
def fresh():
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    safepoint.init()
    yield
    safepoint.fini()
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@pytest.fixture
def seen():
    """A list, for handlers that append to it."""
    return []


@pytest.fixture
def python():
    """python(PROGRAM, ARGUMENT...): what it has printed, in a process of its own
    that ends with 0, or with `status`."""

    def run(program, *arguments, status=0, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        ended = subprocess.run(
            [sys.executable, "-B", "-X", "faulthandler", "-c", program, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            **options,
        )
        assert ended.returncode == status, ended
        return ended.stdout

    return run


@pytest.fixture
def thread():
    """thread(FUNCTION, ARGUMENT...): runs on another thread, to its end; what it
    returned or raised."""

    def run(function, *arguments):
        results = []

        def target():
            try:
                results.append((function(*arguments), None))
            except BaseException as error:
                results.append((None, error))

        other = threading.Thread(target=target, daemon=True)
        other.start()
        other.join(PATIENCE)
        assert results, "it hangs"
        result, error = results[0]
        if error is not None:
            raise error
        return result

    return run


@pytest.fixture
def asleep():
    """asleep(FUNCTION, ARGUMENT...): runs on another thread, as soon as this one
    sleeps in the kernel. Joined at the end of the test."""
    me = f"/proc/self/task/{threading.get_native_id()}/stat"
    threads = []

    def run(function, *arguments):
        def target():
            for _ in range(PATIENCE * 1000):
                with open(me) as stat:
                    if stat.read().rpartition(")")[2].split()[0] == "S":
                        break
                os.sched_yield()
            function(*arguments)

        threads.append(threading.Thread(target=target, daemon=True))
        threads[-1].start()

    yield run
    for other in threads:
        other.join(PATIENCE)
        assert not other.is_alive()
