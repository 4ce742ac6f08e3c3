# SPDX-License-Identifier: MIT OR Apache-2.0
"""What concerns a whole process: forks, its end, interpreters, Ctrl-C."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import safepoint


def test_a_forked_child_has_handlers_and_nothing_pending(python):
    program = """
import gc, os, safepoint, sys, weakref
who = "parent"
class Callee:
    def __call__(self): print(who, "called", flush=True)
callee = Callee()
reference = weakref.ref(callee)
safepoint.install("USR1", lambda event: print(who, "handled", flush=True))
safepoint.call(callee)
safepoint.call_after(0.001, callee)
timer = safepoint.call_after(100, callee, every=100)
safepoint.raise_signal("USR1")
pid = os.fork()
if pid == 0:
    who = "child"
    del callee
    gc.collect()
    assert reference() is None, "the child keeps what is dropped"
    assert safepoint.is_owner()
    assert timer.cancel() is False
    safepoint.sleep(0.05)
    safepoint.raise_signal("USR1")
    safepoint.check()
    assert safepoint.stats()[:2] == (1, 1), safepoint.stats()
    sys.exit(3)
assert safepoint.waitpid(pid) == (pid, 3 << 8)
assert timer.cancel() is True
"""
    assert sorted(python(program).splitlines()) == [
        "child handled",
        "parent called",
        "parent called",
        "parent handled",
    ]


def test_a_handler_may_fork(python):
    program = """
import os, safepoint
pids = []
def handler(event):
    pids.append(os.fork())
safepoint.install("USR1", handler)
safepoint.raise_signal("USR1")
safepoint.check()
if pids == [0]:
    safepoint.raise_signal("USR1")
    safepoint.check()
    os._exit(len(pids))
print(safepoint.waitpid(pids[0])[1] >> 8)
"""
    # The child's second handler forks too: a grandchild, and the child.
    assert python(program) == "2\n"


@pytest.mark.parametrize("end", ["sys.exit()", "1 / 0", "os.kill(os.getpid(), 15)"])
def test_the_end_of_python_with_all_sorts_of_things_pending(python, end):
    program = f"""
import os, safepoint, sys, threading, time
class Loud:
    def __call__(self, event=None): os.write(1, b"called")
    def __del__(self): safepoint.check()
loud = Loud()
def ticks():
    while True:
        safepoint.trip("USR1")
        time.sleep(0)
safepoint.install("USR1", loud)
threading.Thread(target=ticks, daemon=True).start()
contexts = [safepoint.Context() for _ in range(10)]
for context in contexts:
    context.install("USR1", loud)
    context.call(loud)
safepoint.call(loud)
safepoint.call_after(0, loud, every=0.0001)
safepoint.raise_signal("USR1")
{end}
"""
    status = {"1 / 0": 1, "sys.exit()": 0}.get(end, -signal.SIGTERM)
    assert python(program, status=status) == ""


@pytest.mark.parametrize(
    "install",
    [
        "safepoint.install('USR1', print)",
        "import threading\n"
        "owner = threading.Thread(target=safepoint.install, args=('USR1', print))\n"
        "owner.start()\n"
        "owner.join()",
    ],
)
def test_a_signal_after_the_end_of_python_meets_the_default(python, install):
    program = f"""
import atexit, os
atexit.register(lambda: os.kill(os.getpid(), 10)) # runs last
import safepoint
{install}
"""
    python(program, status=-signal.SIGUSR1)


def test_no_handler_runs_any_more_when_python_has_begun_to_end(python):
    program = """
import atexit
def last(): # it was registered first
    safepoint.install("USR1", print)
    safepoint.raise_signal("USR1")
    safepoint.call(print)
    safepoint.check()
atexit.register(last)
import safepoint
"""
    assert python(program) == ""


def test_daemon_threads_that_wait_do_not_disturb_the_end(python):
    program = """
import safepoint, threading, time
latch = safepoint.Latch()
def work(n):
    context = safepoint.Context()
    context.install("USR1", lambda event: None)
    while True:
        context.call_after(0, lambda: None)
        context.sleep(0.0001 * n)
def own():
    safepoint.init()
    safepoint.install("USR1", lambda event: None)
    latch.set()
    while True:
        safepoint.sleep(None)
threading.Thread(target=own, daemon=True).start()
latch.wait()
for n in range(4):
    threading.Thread(target=work, args=(n,), daemon=True).start()
for _ in range(200):
    safepoint.trip("USR1")
    safepoint.call(lambda: None)
    time.sleep(0.0001)
"""
    for _ in range(5):
        assert python(program) == ""


def test_the_main_thread_need_not_be_the_owner(python):
    program = """
import os, safepoint, threading
seen, ready = [], safepoint.Latch()
def own():
    safepoint.install("USR1", lambda event: seen.append(threading.get_ident()))
    ready.set()
    safepoint.pause()
    safepoint.fini()
owner = threading.Thread(target=own)
owner.start()
ready.wait()
os.kill(os.getpid(), 10)
owner.join()
assert seen == [owner.ident], seen
safepoint.init()
print(safepoint.is_owner())
"""
    assert python(program) == "True\n"


def test_importing_it_changes_nothing(python):
    program = """
def dispositions():
    wanted = ("SigB", "SigI", "SigC")
    return [line for line in open("/proc/self/status") if line.startswith(wanted)]
before = dispositions()
import safepoint, threading
assert dispositions() == before
assert not safepoint.is_owner()
print(threading.active_count(), len(__import__("os").listdir("/proc/self/task")))
"""
    assert python(program) == "1 1\n"


def test_importing_it_again_is_harmless(python):
    program = """
import sys, safepoint
first = safepoint
for name in [name for name in sys.modules if name.startswith("safepoint")]:
    del sys.modules[name]
import safepoint
assert safepoint is not first
seen = []
first.install("USR1", seen.append)
safepoint.raise_signal("USR1")
safepoint.check()
print(seen[0].name)
"""
    assert python(program) == "SIGUSR1\n"


def test_subinterpreters_are_refused(python):
    program = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
import safepoint
seen = []
safepoint.install("USR1", seen.append)
script = '''
try:
    import safepoint
except ImportError as error:
    import os
    os.write(1, str(error).encode() + bytes([10]))
'''
try: # one that shares the GIL, which Python itself does not refuse
    shares = interpreters.create("legacy")
except TypeError:
    shares = interpreters.create(isolated=False)
for made in (shares, interpreters.create()):
    interpreters.run_string(made, script)
    safepoint.raise_signal("USR1")
    safepoint.check()
    interpreters.destroy(made)
assert len(seen) == 2
"""
    first, second = python(program).splitlines()
    ours = "safepoint works in the main interpreter alone"
    pythons = "module safepoint._native does not support loading in subinterpreters"
    assert first == ours
    assert second in (ours, pythons)


WAITERS = {
    "check": "while True: safepoint.check()",
    "sleep": "safepoint.sleep(None)",
    "read": "safepoint.read(0, 1)",
}


@pytest.mark.parametrize("waiter", WAITERS)
def test_ctrl_c_of_the_interpreters_defaults(waiter):
    program = f"""
import os, safepoint
safepoint.init(interpreter_defaults=True)
print(safepoint.query("INT").handler is safepoint.interrupted, flush=True)
try:
    {WAITERS[waiter]}
except KeyboardInterrupt:
    print("interrupted", flush=True)
safepoint.fini()
os.kill(os.getpid(), 2) # Python's own again
while True: pass
"""
    with subprocess.Popen(
        [sys.executable, "-B", "-c", textwrap.dedent(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout.readline() == "True\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert process.wait(60) == -signal.SIGINT


def test_the_interpreters_defaults_leave_a_handler_of_ones_own(python):
    program = """
import safepoint, signal
signal.signal(signal.SIGINT, print)
safepoint.init(interpreter_defaults=True)
assert safepoint.query("INT").kind is safepoint.Stands.FOREIGN
safepoint.fini()
signal.signal(signal.SIGINT, signal.SIG_DFL)
safepoint.init(interpreter_defaults=True)
print(safepoint.query("INT").handler is safepoint.interrupted)
"""
    assert python(program) == "True\n"


def test_a_thread_that_python_does_not_know_may_own_and_check(python, tmp_path):
    """What a call raises there has nobody to go to but sys.unraisablehook."""
    (tmp_path / "c.c").write_text("""
#include <pthread.h>
int sig_adopt(void), sig_check(void);
static void *own(void *result)
{
    *(int *)result = sig_adopt() == 0 ? sig_check() : -1;
    return 0;
}
int check_there(void)
{
    int result = -2;
    pthread_t thread;
    pthread_create(&thread, 0, own, &result);
    pthread_join(thread, 0);
    return result;
}
""")
    library = Path(safepoint.__file__).parent / "libsafepoint.so.0"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-o", tmp_path / "c.so", tmp_path / "c.c", library],
        check=True,
    )
    program = """
import ctypes, safepoint, sys
sys.unraisablehook = lambda info: print(repr(info.exc_value))
safepoint.init()
safepoint.call(print, "called")
safepoint.call(lambda: 1 / 0)
print(ctypes.CDLL(sys.argv[1]).check_there())
"""
    assert python(program, str(tmp_path / "c.so")).splitlines() == [
        "called",
        "ZeroDivisionError('division by zero')",
        "1",
    ]


def test_ctrl_c_ends_a_wait_where_nobody_owns_anything_or_another_thread_does(python):
    program = """
import os, safepoint, signal, sys, threading, time
main = threading.get_native_id()
def press():
    # once the main thread sleeps in the kernel
    while open(f"/proc/self/task/{main}/stat").read().split(")")[-1].split()[0] != "S":
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGINT)
def own():
    safepoint.init()
    owned.set()
    done.wait()
owned, done = safepoint.Latch(), safepoint.Latch()
for owner in (False, True):
    if owner:
        threading.Thread(target=own).start()
        owned.wait()
    for wait in (lambda: safepoint.sleep(None), lambda: safepoint.Latch().wait(),
                 lambda: safepoint.poll([])):
        threading.Thread(target=press).start()
        try:
            wait()
        except KeyboardInterrupt:
            print("interrupted", safepoint.is_owner())
try:
    safepoint.pause()
except PermissionError:
    print("refused")
done.set()
"""
    assert python(program) == "interrupted False\n" * 6 + "refused\n"


def test_a_handler_that_signal_signal_puts_over_ours_is_watched_too(python):
    program = """
import os, safepoint, signal, threading, time
safepoint.init()
def press(signum):
    time.sleep(0.05)
    os.kill(os.getpid(), signum)
def stop(signum, frame):
    raise ZeroDivisionError(signum)
safepoint.sleep(0)
for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGRTMIN):
    signal.signal(signum, stop)
    threading.Thread(target=press, args=(signum,)).start()
    try:
        safepoint.sleep(None)
    except ZeroDivisionError as error:
        print(signal.Signals(error.args[0]).name)
"""
    assert python(program) == "SIGINT\nSIGTERM\nSIGRTMIN\n"


def test_a_signal_that_a_context_has_taken_is_no_longer_pythons(python):
    program = """
import os, safepoint
context = safepoint.Context()
seen = []
context.install("INT", seen.append)
safepoint.init()
safepoint.call_after(0, lambda: os.kill(os.getpid(), 2))
safepoint.pause()
safepoint.sleep(0.01)
context.check()
print(len(seen))
"""
    assert python(program) == "1\n"


def test_a_handler_of_safepoint_signal_runs_within_a_wait(python):
    program = """
import os, safepoint, safepoint.signal
safepoint.signal.activate()
import signal
def stop(signum, frame):
    raise ZeroDivisionError(signum)
signal.signal(signal.SIGUSR1, stop)
for begin in (lambda: None, safepoint.init):
    begin()
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", "sleep 0.1; kill -USR1 $PPID"], {})
    try:
        safepoint.sleep(None)
    except ZeroDivisionError as error:
        print(error, safepoint.waitpid(pid) == (pid, 0))
"""
    assert python(program) == "10 True\n" * 2


def test_what_a_wait_has_watched_is_free_again_after_it(python):
    """Else Ctrl-C would raise KeyboardInterrupt besides what has taken it."""
    program = """
import os, safepoint
def wait_with(context):
    context.sleep(0)
    context.latch_wait(safepoint.Latch(), 0.001)
wait_with(safepoint.main)
context = safepoint.Context()
wait_with(context)
seen = []
safepoint.install("INT", seen.append)
os.kill(os.getpid(), 2)
wait_with(context)
safepoint.check()
safepoint.call_after(0, lambda: os.kill(os.getpid(), 2))
safepoint.sleep(0.05)
print(len(seen), safepoint.query("TERM").kind.name)
"""
    assert python(program) == "2 DEFAULT\n"
