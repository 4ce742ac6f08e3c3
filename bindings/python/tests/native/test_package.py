# SPDX-License-Identifier: MIT OR Apache-2.0
import gc
import importlib.metadata
import inspect
import os
import signal
import sys
import tracemalloc
from pathlib import Path

import pytest

import safepoint

PACKAGE = Path(safepoint.__file__).parent


def test_the_library_is_inside_and_the_only_one(python):
    program = """
import os, safepoint, safepoint.signal
maps = {line.split()[-1] for line in open("/proc/self/maps") if "libsafepoint" in line}
print(*maps)
"""
    environment = {
        name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"
    }
    inside = PACKAGE / "libsafepoint.so.0"
    assert python(program, env=environment) == f"{inside}\n"


def test_the_version_is_the_librarys():
    assert importlib.metadata.version("safepoint") == safepoint.__version__


def test_no_source_is_in_the_wheel_and_the_licences_are():
    files = {str(file) for file in importlib.metadata.files("safepoint")}
    assert not [file for file in files if file.endswith((".c", ".h", ".o"))]
    assert {"safepoint/py.typed", "safepoint/_native.pyi"} <= files
    assert [file for file in files if file.endswith("LICENSE-MIT")]


def test_all_that_is_public_says_what_it_is():
    plain = {"INTERRUPTED", "Signal", "main"}
    for name in sorted(set(safepoint.__all__) - plain):
        assert inspect.getdoc(getattr(safepoint, name)), name
    for name in set(dir(safepoint.Context)) - set(dir(object)):
        if not name.startswith("_"):
            assert inspect.getdoc(getattr(safepoint.Context, name)), name


def use_everything():
    with safepoint.Context() as context:
        context.install("USR2", lambda event: None)
        context.call(lambda: None)
        context.call_after(100, lambda: None)
        context.trip("USR2")
        context.check()
    with safepoint.install("USR1", lambda event: 5):
        for _ in range(3):
            safepoint.raise_signal("USR1")
            with pytest.raises(safepoint.Interrupted):
                safepoint.sleep(1000)
    safepoint.install("RTMIN", lambda event: None, oneshot=True)
    safepoint.queue(os.getpid(), "RTMIN", 5)
    safepoint.next()
    safepoint.call(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        safepoint.check()
    with safepoint.call_after(0, lambda: None, every=0.001):
        safepoint.pause()
    for wrong in (lambda: safepoint.install("NIX", print), lambda: safepoint.call(1)):
        with pytest.raises((ValueError, TypeError)):
            wrong()
    safepoint.Latch(bytearray(4)).wait(0)
    safepoint.poll([(0, 1)], 0)
    safepoint.query("INT")
    safepoint.stats()
    with safepoint.hold(), safepoint.blocking():
        safepoint.mask(signal.SIG_BLOCK, ["USR2"])


def test_nothing_leaks():
    def held():
        gc.collect()
        return tracemalloc.get_traced_memory()[0], sys.getallocatedblocks()

    tracemalloc.start()
    try:
        for _ in range(30):
            use_everything()
        size, blocks = held()
        for _ in range(300):
            use_everything()
        size, blocks = (after - before for after, before in zip(held(), (size, blocks)))
    finally:
        tracemalloc.stop()
    # One object in each round would be 300 blocks, and thousands of bytes.
    assert blocks < 150 and size < 10_000, (size, blocks)


def test_an_event_is_a_tuple_with_names(seen):
    with safepoint.install("USR1", seen.append):
        safepoint.raise_signal("USR1")
        safepoint.check()
    (event,) = seen
    assert event == safepoint.Event(*event) and event != event._replace(count=2)
    assert repr(event).startswith(f"Event(kind=1, signum={signal.SIGUSR1:d}, code=-6,")
    assert (event.count, event.name) == (1, "SIGUSR1")
    with pytest.raises(AttributeError):
        event.count = 2


def test_to_import_it_loads_no_module_that_is_slow_to_load(python):
    program = "import sys, safepoint.signal; print({'inspect', 'ast'} & set(sys.modules))"
    assert python(program) == "set()\n"
