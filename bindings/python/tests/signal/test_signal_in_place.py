# SPDX-License-Identifier: MIT OR Apache-2.0
"""safepoint.signal in the place of `signal`: what CPython's own suites do not
ask."""
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from child import SAFEPOINT, STOCK, run

IMPORTED = "import safepoint.signal\nimport signal\n"
NOTED = """\
import ctypes
libc = ctypes.CDLL(None)
before = {}
for signum in range(1, 65):
    now = ctypes.create_string_buffer(152)
    libc.sigaction(signum, None, now)
    before[signum] = now.raw[:8] + now.raw[8:16] + now.raw[136:140]
"""


def test_importing_it_changes_nothing():
    assert run("""
        import _signal
        print(_signal.__name__, signal._signal.__name__)
        print(*[signum for signum in range(1, 65) if signum not in (32, 33)
                and disposition(signum) != before[signum]])
    """, NOTED + IMPORTED) == ["_signal _signal", ""]


def test_it_has_the_same_names_and_enums():
    script = """
        import _signal
        print(sorted(dir(signal)))
        print(sorted(name for name in dir(_signal) if name[0] != "_"))
        print(signal.Signals.__members__, signal.Handlers.__members__)
    """
    assert run(script) == run(script, STOCK)


def test_a_module_that_imported_signal_before_has_it_too():
    assert run("""
        print(signal is asyncio.unix_events.signal is sys.modules["signal"])
        print(signal._signal.__name__, sys.modules["_signal"].__name__)
        print(kept is signal.SIGINT, isinstance(kept, signal.Signals))
    """, "import asyncio, signal\nkept = signal.SIGINT\n" + SAFEPOINT) == [
        "True", "safepoint._signal safepoint._signal", "True True"]


ERRORS = """
    def attempt(function, *args, **keywords):
        try:
            print(function.__name__, args, function(*args, **keywords))
        except Exception as error:
            print(function.__name__, args, repr(error))

    import _signal
    for module in (signal, _signal):
        for args in [(), (1,), (1, 2, 3), (0, print), (65, print),
                     (-1, print), (4242, 0), (1 << 70, print), ("x", print),
                     (1.5, print), (signal.SIGKILL, print),
                     (signal.SIGKILL, 0), (signal.SIGSTOP, 1), (32, print),
                     (33, 1), (10, None), (10, 2), (10, -1), (10, 1 << 70),
                     (10, "handler"), (10, 1.0), (10, True)]:
            attempt(module.signal, *args)
        for args in [(), (0,), (65,), (4242,), ("x",), (None,), (2, 3),
                     (10,), (2,)]:
            attempt(module.getsignal, *args)
            attempt(module.set_wakeup_fd, *args)
        attempt(module.set_wakeup_fd, fd=1)
        attempt(module.set_wakeup_fd, 1, True)
        attempt(module.set_wakeup_fd, -1, warn=1)
        attempt(module.set_wakeup_fd, -1, warn_on_full_buffer=0)
        attempt(module.set_wakeup_fd, 1000)
        attempt(module.set_wakeup_fd, os.pipe()[1])
    for args in [(0,), (65,), (-1,), ("x",), (1, 2), (10,)]:
        attempt(_thread.interrupt_main, *args)

    def elsewhere():
        attempt(signal.signal, 10, print)
        attempt(signal.signal, 4242, None)
        attempt(signal.set_wakeup_fd, -1)
        attempt(signal.getsignal, 10)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
"""


def test_errors_and_their_texts_are_the_same():
    lines = run(ERRORS)
    assert len(lines) > 80
    assert lines == run(ERRORS, STOCK)


def test_handlers_and_the_wakeup_fd_of_before_stay():
    assert run("""
        print(signal.getsignal(10) is handler,
              signal.getsignal(signal.SIGINT) is signal.default_int_handler,
              *map(repr, map(signal.getsignal, (12, 13))))
        os.kill(os.getpid(), 10)
        print(os.read(read, 9), signal.set_wakeup_fd(-1) == write)
    """, """
import os, signal
def handler(signum, frame): print("handled")
signal.signal(10, handler)
signal.signal(12, signal.SIG_IGN)
read, write = os.pipe2(os.O_NONBLOCK)
signal.set_wakeup_fd(write)
""" + SAFEPOINT) == [
        "True True <Handlers.SIG_IGN: 1> <Handlers.SIG_IGN: 1>", "handled",
        r"b'\n' True"]


def test_activate_is_for_the_main_thread_and_otherwise_changes_nothing():
    assert run("""
        def elsewhere():
            try:
                safepoint.signal.activate()
            except ValueError as error:
                print(error)
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        print(sys.modules["_signal"].__name__, repr(signal.getsignal(16)))
        safepoint.signal.activate()
        safepoint.signal.activate()
        signal.signal(10, lambda signum, frame: print("handled"))
        signal.raise_signal(10)
    """, IMPORTED) == [
        "signal only works in main thread of the main interpreter",
        "_signal <Handlers.SIG_DFL: 0>", "handled"]


def test_it_works_without_activate():
    assert run("""
        ours = safepoint.signal
        print(ours.signal(ours.SIGUSR1, lambda signum, frame: print("handled")))
        read, write = os.pipe2(os.O_NONBLOCK)
        print(ours.set_wakeup_fd(write, warn_on_full_buffer=False))
        ours.raise_signal(ours.SIGUSR1)
        print(os.read(read, 9), ours.getsignal(12), ours.stats()["handled"])
    """, IMPORTED) == ["0", "-1", "handled", r"b'\n' 0 1"]


# ---- Events ----


def test_an_event_says_who_sent_it_and_what():
    assert run("""
        class Sink:
            @safepoint.signal.with_event
            def handler(self, signum, frame, event):
                print(signum, frame.f_code.co_name, event.signum, event.code,
                      event.pid == sender, event.uid == os.getuid(),
                      event.status, event.value, event.count, event.lost,
                      0 < event.time <= time.monotonic_ns())

        sink = Sink()
        signal.signal(signal.SIGUSR1, sink.handler)
        signal.signal(signal.SIGCHLD, sink.handler)
        print(signal.getsignal(signal.SIGUSR1) == sink.handler)
        signals = [signal.SIGUSR1, signal.SIGCHLD]
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        parent = os.getpid()
        sender = os.fork()
        if sender == 0:
            sigqueue(signal.SIGUSR1, -7, parent)
            os._exit(3)
        os.waitid(os.P_PID, sender, os.WEXITED)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
    """) == ["True", "10 pthread_sigmask 10 -1 True True 0 -7 1 0 True",
             "17 pthread_sigmask 17 1 True True 3 0 1 0 True"]


def test_deliveries_that_came_together_are_one_call_and_counted():
    assert run("""
        counts = []
        signal.signal(10, safepoint.signal.with_event(
            lambda signum, frame, event: counts.append(event.count)))
        sys.setswitchinterval(1000)
        keeps_the_lock = ctypes.PyDLL(None)

        def send():
            for _ in range(7):
                keeps_the_lock["raise"](10)

        thread = threading.Thread(target=send)
        thread.start()
        thread.join()
        stats = safepoint.signal.stats()
        print(counts, stats["arrivals"], stats["handled"], stats["coalesced"])
    """) == ["[7] 7 1 6"]


def test_a_handler_with_event_can_be_called_as_any_other():
    assert run("""
        handler = safepoint.signal.with_event(
            lambda signum, frame, event: print(signum, event))
        handler(10, None)
        print(handler == safepoint.signal.with_event(handler.handler),
              handler == handler.handler)
        try:
            safepoint.signal.with_event(3)
        except TypeError as error:
            print(error)
        signal.signal(10, handler)
        signal.signal(10, lambda *args: print(len(args)))
        signal.raise_signal(10)
    """) == ["10 None", "True False",
             "with_event() is for a callable handler", "2"]


def test_what_comes_in_a_storm_is_all_counted():
    assert run("""
        SENT = 20000
        seen = {10: 0, 40: 0}

        @safepoint.signal.with_event
        def count(signum, frame, event):
            seen[signum] += event.count + event.lost

        def send():
            for _ in range(SENT):
                signal.raise_signal(10)

        for signum in seen:
            signal.signal(signum, count)
        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        refused = 0
        for value in range(SENT):
            try:
                sigqueue(40, value)
            except OSError:
                refused += 1  # the kernel's own queue is full
        for thread in threads:
            thread.join()
        print(seen[10] == 2 * SENT, seen[40] + refused == SENT)
        stats = safepoint.signal.stats()
        print(stats["arrivals"] == sum(seen.values()) == stats["handled"]
              + stats["coalesced"] + stats["lost"] + stats["dropped"])
    """) == ["True True", "True"]


# ---- Simulated signals ----

INTERRUPTED = """
    class Woken(Exception):
        pass

    def handler(signum, frame):
        handled.set()
        raise Woken

    def interrupt():
        until_it_waits()
        {interrupt}(signal.SIGUSR1)
        if not handled.wait(30):
            os._exit(1)

    handled = threading.Event()
    signal.signal(signal.SIGUSR1, handler)
    read, write = os.pipe2(os.O_NONBLOCK)
    signal.set_wakeup_fd(write)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        {wait}
    except Woken:
        print("woken")
    thread.join()
    print(os.read(read, 9))
"""


@pytest.mark.parametrize("wait", [
    "time.sleep(3600)", "select.select([read], [], []); time.sleep(3600)"])
def test_interrupt_main_ends_a_wait_and_writes_to_the_wakeup_fd(wait):
    assert run(INTERRUPTED.format(
        interrupt="_thread.interrupt_main", wait=wait)) == ["woken", r"b'\n'"]


def test_what_c_code_simulates_is_handled_too():
    assert run(INTERRUPTED.format(
        interrupt="ctypes.pythonapi.PyErr_SetInterruptEx",
        wait="for _ in range(6000): time.sleep(0.01)")) == [
            "woken", r"b'\n'"]


@pytest.mark.parametrize("interrupt", [
    "_thread.interrupt_main", "ctypes.pythonapi.PyErr_SetInterruptEx"])
def test_a_simulated_signal_does_nothing_where_there_is_no_handler(interrupt):
    script = f"""
        interrupt = {interrupt}
        for handler in (signal.SIG_DFL, signal.SIG_IGN):
            signal.signal(signal.SIGUSR1, lambda *args: print("handled"))
            signal.signal(signal.SIGUSR1, handler)
            interrupt(signal.SIGUSR1)
            interrupt(signal.SIGUSR2)
            time.sleep(0.01)
        signal.signal(signal.SIGUSR1, lambda *args: print("handled"))
        interrupt(signal.SIGUSR1)
        time.sleep(0.01)
    """
    assert run(script) == run(script, STOCK) == ["handled"]


# ---- Handlers ----


def test_a_handler_that_raises_leaves_the_rest_for_a_moment_later():
    assert run("""
        def handler(signum, frame):
            print(signum)
            if signum == 10:
                raise ValueError

        for signum in (10, 12, 40):
            signal.signal(signum, handler)
        signal.pthread_sigmask(signal.SIG_BLOCK, [10, 12, 40])
        for signum in (40, 12, 40, 10):
            os.kill(os.getpid(), signum)
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [10, 12, 40])
            time.sleep(0.01)
        except ValueError:
            pass
        time.sleep(0.01)
        print("end")
    """) == ["10", "12", "40", "40", "end"]


def test_a_handler_that_waits_is_interrupted_in_turn():
    assert run("""
        def outer(signum, frame):
            threading.Thread(target=take).start()
            try:
                time.sleep(3600)
            except InterruptedError:
                print("outer goes on")

        def inner(signum, frame):
            raise InterruptedError

        def take():
            until_it_waits()
            signal.raise_signal(12)

        signal.signal(10, outer)
        signal.signal(12, inner)
        signal.raise_signal(10)
        print("end")
    """) == ["outer goes on", "end"]


@pytest.mark.parametrize("interrupts, printed", [
    (False, ["handled", "4"]), (True, ["handled", "-1"])])
def test_siginterrupt_holds_for_signals_that_another_thread_takes(
        interrupts, printed):
    assert run(f"""
        def take():
            until_it_waits()
            signal.raise_signal(10)
            time.sleep(0.5)
            os.write(write, b"data")

        signal.signal(10, lambda signum, frame: print("handled"))
        signal.siginterrupt(10, {interrupts})
        read, write = os.pipe()
        thread = threading.Thread(target=take)
        thread.start()
        print(libc.read(read, ctypes.create_string_buffer(9), 9))
        thread.join()
    """) == printed


def test_nothing_is_interrupted_once_a_signal_has_been_handled():
    assert run("""
        signal.signal(10, lambda signum, frame: None)
        for send in (signal.raise_signal, _thread.interrupt_main):
            thread = threading.Thread(target=send, args=(10,))
            thread.start()
            thread.join()
            send(10)
            time.sleep(0.01)
            print([libc.poll(None, 0, 50) for _ in range(4)])
    """) == ["[0, 0, 0, 0]"] * 2


# ---- The wake-up fd ----

FULL = """
    read, write = os.pipe2(os.O_NONBLOCK)
    try:
        while True:
            os.write(write, bytes(1 << 16))
    except BlockingIOError:
        pass
    signal.set_wakeup_fd({fd}{warn})
    signal.signal(10, lambda signum, frame: print("handled"))
    signal.raise_signal(10)
    time.sleep(0.01)
"""


@pytest.mark.parametrize("fd, warn, said", [
    ("write", "", "BlockingIOError: [Errno 11] Resource temporarily "
     "unavailable"),
    ("write", ", warn_on_full_buffer=False", None),
    ("read", "", "OSError: [Errno 9] Bad file descriptor"),
    ("read", ", warn_on_full_buffer=False",
     "OSError: [Errno 9] Bad file descriptor"),
])
def test_a_wakeup_fd_that_takes_nothing_is_told_of_as_ever(fd, warn, said):
    script = FULL.format(fd=fd, warn=warn)
    for lines in (run(script), run(script, STOCK)):
        assert lines[0] == "handled"
        if said is None:
            assert lines[1:] == []
        else:
            assert lines[1:3] == [
                "Exception ignored when trying to write to the signal wakeup "
                "fd:", "Traceback (most recent call last):"]
            assert lines[-1] == said


def test_a_file_that_was_opened_under_its_number_is_not_written_to():
    assert run("""
        read, write = os.pipe2(os.O_NONBLOCK)
        signal.set_wakeup_fd(write)
        other_read, other_write = os.pipe2(os.O_NONBLOCK)
        os.dup2(other_write, write)
        signal.signal(10, lambda signum, frame: None)
        signal.raise_signal(10)
        print(os.read(read, 9))
        try:
            os.read(other_read, 9)
        except BlockingIOError:
            print("nothing")
    """) == [r"b'\n'", "nothing"]


# ---- Forks, and the end ----


@pytest.mark.parametrize("fork", ["fork()", "in_thread(fork)",
                                  "while_it_handles(fork)"])
def test_a_forked_child_has_the_handlers_and_a_wakeup_fd_of_its_own(fork):
    assert run(f"""
        def fork():
            child = os.fork()
            if child == 0:
                signal.signal(12, lambda *args: print("new", flush=True))
                print(signal.set_wakeup_fd(write), flush=True)
                os.kill(os.getpid(), 10)
                os.kill(os.getpid(), 12)
                print(os.read(read, 9), signal.getsignal(10) is handler,
                      flush=True)
                os._exit(0)
            print(os.waitpid(child, 0)[1], flush=True)

        def in_thread(work):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()

        def while_it_handles(work):
            signal.signal(3, lambda *args: in_thread(work))
            signal.raise_signal(3)

        def handler(signum, frame):
            print("handled", flush=True)

        import warnings
        warnings.simplefilter("ignore")  # of 3.12, about forks and threads
        signal.signal(10, handler)
        read, write = os.pipe2(os.O_NONBLOCK)
        signal.set_wakeup_fd(os.pipe2(os.O_NONBLOCK)[1])
        {fork}
        print(signal.set_wakeup_fd(-1) > write)
    """) == ["-1", "handled", "new", r"b'\n\x0c' True", "0", "True"]


def test_ctrl_c_ends_the_program_as_ever():
    lines = run("os.kill(os.getpid(), signal.SIGINT)", code=-2)
    assert lines[-1] == "KeyboardInterrupt"


@pytest.mark.parametrize("before", [SAFEPOINT, STOCK])
def test_what_is_ignored_stays_so_while_python_ends(before):
    assert run("""
        class AtTheEnd:
            def __del__(self):
                for signum in (signal.SIGINT, signal.SIGUSR1):
                    os.kill(os.getpid(), signum)
                print("alive", flush=True)

        signal.signal(signal.SIGUSR1, lambda *args: None)
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        kept = AtTheEnd()
    """, before) == ["alive"]


def test_signals_that_come_while_python_ends_do_no_harm():
    for _ in range(10):
        assert run("""
            def send():
                while True:
                    signal.raise_signal(signal.SIGWINCH)
                    _thread.interrupt_main(signal.SIGWINCH)

            signal.signal(signal.SIGWINCH, lambda signum, frame: None)
            for _ in range(2):
                threading.Thread(target=send, daemon=True).start()
            time.sleep(0.05)
        """) == []


def test_the_program_of_the_readme_works_as_it_stands(tmp_path):
    readme = Path(__file__).parents[2] / "README.md"
    section = readme.read_text().partition("## In the place of signal")[2]
    program = tmp_path / "progress.py"
    program.write_text(re.search(r"```python\n(.*?)```", section, re.S)[1])
    with subprocess.Popen([sys.executable, "-B", program],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as child:
        asked = f"asked by {child.pid}, 1 times\n"
        assert child.stdout.readline() == asked
        child.send_signal(signal.SIGINT)
        _, error = child.communicate(timeout=60)
    assert error.endswith("KeyboardInterrupt\n")
    assert child.returncode == -signal.SIGINT


NATIVE_WAITS = {
    "sleep": "safepoint.sleep(None)",
    "latch": "safepoint.Latch().wait()",
    "another's": "other.sleep(None)",
    "in a handler": "signal.signal(10, lambda *args: safepoint.sleep(None))\n"
                    "    signal.raise_signal(10)",
    "in a wait": "signal.signal(10, lambda *args: safepoint.sleep(None))\n"
                 "    safepoint.call(os.kill, os.getpid(), 10)\n"
                 "    safepoint.sleep(None)",
}


@pytest.mark.parametrize("wait", NATIVE_WAITS)
def test_interrupt_main_ends_a_wait_of_safepoints(wait):
    assert run(f"""
import safepoint
owned = []
threading.Thread(target=lambda: (owned.append(safepoint.Context()),
                                 threading.Event().wait()), daemon=True).start()
while not owned:
    time.sleep(0.01)
other = owned[0]
def interrupt():
    until_it_waits()
    _thread.interrupt_main()
threading.Thread(target=interrupt, daemon=True).start()
try:
    {NATIVE_WAITS[wait]}
except KeyboardInterrupt:
    print("ended")
""") == ["ended"]


def test_it_may_be_loaded_again():
    assert run("""
        import importlib
        @safepoint.signal.with_event
        def before(signum, frame, event):
            print("before", event is not None)
        importlib.reload(safepoint.signal)
        @safepoint.signal.with_event
        def after(signum, frame, event):
            print("after", event is not None)
        for handler in before, after:
            signal.signal(signal.SIGUSR1, handler)
            signal.raise_signal(signal.SIGUSR1)
    """) == ["before True", "after True"]


def test_the_pth_file_of_the_readme_does_nothing_in_a_subinterpreter(tmp_path):
    readme = Path(__file__).parents[2] / "README.md"
    [line] = re.findall(r"site-packages: `([^`]*)`", readme.read_text())
    (tmp_path / "safepoint-signal.pth").write_text(line + "\n")
    in_another = tmp_path / "in_another.py"
    in_another.write_text(f"import site; site.addsitedir({str(tmp_path)!r})")
    assert run(f"""
        site.addsitedir({str(tmp_path)!r})
        print(sys.modules["_signal"].__name__)
        try:
            import _interpreters as interpreters
        except ImportError:
            import _xxsubinterpreters as interpreters
        try:
            shares = interpreters.create("legacy")
        except TypeError:
            shares = interpreters.create(isolated=False)
        for made in (shares, interpreters.create()):
            interpreters.run_string(made, open({str(in_another)!r}).read())
            interpreters.destroy(made)
    """, "import site\n") == ["safepoint._signal"]


SIGWAITS = {
    "sigwait": "signal.sigwait(every)",
    "sigwaitinfo": "signal.sigwaitinfo(every).si_signo",
    "sigtimedwait": "signal.sigtimedwait(iter(every), 3600).si_signo",
    "safepoint's": "safepoint.signal.sigwait(every)",
}


@pytest.mark.parametrize("wait", SIGWAITS)
@pytest.mark.parametrize("signum", ["SIGTERM", "SIGURG"])
def test_sigwait_takes_no_kick_for_a_signal(wait, signum):
    """Another thread takes SIGUSR1, and the main thread has all blocked."""
    assert run(f"""
        handled = threading.Event()
        signal.signal(signal.SIGUSR1, lambda *args: handled.set())
        every = signal.valid_signals()
        def take():
            until_it_waits()
            signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
            print(handled.wait(60), flush=True)
            until_it_waits()
            os.kill(os.getpid(), signal.{signum})
        taker = threading.Thread(target=take)
        taker.start()
        signal.pthread_sigmask(signal.SIG_BLOCK, every)
        print({SIGWAITS[wait]} == signal.{signum})
    """) == ["True", "True"]


def test_a_sigtimedwait_that_was_kicked_ends_in_its_time():
    assert run("""
        handled = threading.Event()
        signal.signal(signal.SIGUSR1, lambda *args: handled.set())
        def take():
            signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
            handled.wait(60)
        taker = threading.Thread(target=take)
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
        taker.start()
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        begun = time.monotonic()
        print(signal.sigtimedwait(signal.valid_signals(), 0.5))
        print(time.monotonic() - begun >= 0.5, handled.is_set())
    """) == ["None", "True True"]


def test_its_functions_are_of_the_module_signal():
    assert run("""
        print(*[name for name, value in vars(signal).items()
                if getattr(value, "__code__", None) and value.__module__ != "signal"])
    """) == [""]
