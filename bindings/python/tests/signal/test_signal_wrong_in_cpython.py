# SPDX-License-Identifier: MIT OR Apache-2.0
"""What CPython's `signal` gets wrong works with safepoint's: each with a
control, which shows that it still is wrong there."""
import pytest
from child import STOCK, run

QUEUED = """
    values = []
    signum = signal.SIGRTMIN + 3
    signal.signal(signum, {handler})
    signal.pthread_sigmask(signal.SIG_BLOCK, [signum])
    for value in range(20):
        sigqueue(signum, 1000 + value)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signum])
    print(values)
"""


def test_twenty_queued_real_time_signals_are_twenty_calls_with_their_values():
    handler = ("safepoint.signal.with_event("
               "lambda signum, frame, event: values.append(event.value))")
    assert run(QUEUED.format(handler=handler)) == [
        str([1000 + value for value in range(20)])]


def test_twenty_queued_real_time_signals_are_twenty_calls_of_a_plain_handler():
    handler = "lambda signum, frame: values.append(signum)"
    assert run(QUEUED.format(handler=handler)) == [str([37] * 20)]


def test_control_cpython_merges_them():
    handler = "lambda signum, frame: values.append(signum)"
    assert run(QUEUED.format(handler=handler), STOCK) == ["[37]"]


RESTORED = """
    libc.signal(signal.SIGUSR1, ctypes.cast(libc.abs, ctypes.c_void_p))
    theirs = disposition(signal.SIGUSR1)
    old = signal.signal(signal.SIGUSR1, lambda signum, frame: print("ours"))
    print(old, theirs == disposition(signal.SIGUSR1))
    signal.raise_signal(signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, old)
    print(signal.getsignal(signal.SIGUSR1),
          theirs == disposition(signal.SIGUSR1))
    signal.raise_signal(signal.SIGUSR1)
    print("alive")
"""


def test_the_handler_that_a_c_library_had_put_is_restored():
    assert run(RESTORED) == ["None False", "ours", "None True", "alive"]


def test_control_cpython_puts_the_default_there():
    assert run(RESTORED, STOCK, code=-10)[1] == "ours"


FORKED = """
    signal.signal(signal.SIGUSR1, lambda signum, frame: None)
    read, write = os.pipe2(os.O_NONBLOCK)
    signal.set_wakeup_fd(write)

    def child():
        signal.raise_signal(signal.SIGUSR1)
        os._exit(0)

    def fork():
        child_pid = os.fork() or child()
        os.waitpid(child_pid, 0)

    {fork}
    try:
        print(os.read(read, 9))
    except BlockingIOError:
        print("nothing")
    signal.raise_signal(signal.SIGUSR1)
    print(os.read(read, 9))
"""
FORKS = ["fork()",
         "thread = threading.Thread(target=fork); thread.start(); "
         "thread.join()"]


@pytest.mark.parametrize("fork", FORKS, ids=["main thread", "another"])
def test_a_forked_child_does_not_write_to_the_wakeup_fd_of_its_parent(fork):
    lines = run(FORKED.format(fork=fork))
    assert lines[:2] == ["nothing", r"b'\n'"]


@pytest.mark.parametrize("fork", FORKS, ids=["main thread", "another"])
def test_control_with_cpython_it_does(fork):
    lines = run(FORKED.format(fork=fork), STOCK)
    assert lines[:2] == [r"b'\n'", r"b'\n'"]


ELSEWHERE = """
    class Woken(Exception):
        pass

    def handler(signum, frame):
        handled.set()
        raise Woken

    def take():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
        until_it_waits()
        os.kill(os.getpid(), signal.SIGUSR1)
        if not handled.wait({limit}):
            print("it waits on")
            os._exit(0)

    handled = threading.Event()
    signal.signal(signal.SIGUSR1, handler)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    read, write = os.pipe()
    lock = threading.Lock()
    lock.acquire()
    thread = threading.Thread(target=take)
    thread.start()
    try:
        {wait}
    except Woken:
        print("woken")
    thread.join()
    sys.stdout.flush()
"""
WAITS = {
    "sleep": "time.sleep(3600)",
    "read": "os.read(read, 1)",
    "select": "select.select([read], [], [])",
    "poll": "poll = select.poll(); poll.register(read, 1); poll.poll()",
    "lock": "lock.acquire()",
    "pause": "signal.pause()",
    "join": "thread.join()",
}


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
def test_a_signal_that_another_thread_took_wakes_main_at_once(wait):
    assert run(ELSEWHERE.format(wait=wait, limit=30)) == ["woken"]


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
def test_control_cpython_waits_on(wait):
    assert run(ELSEWHERE.format(wait=wait, limit=1), STOCK) == [
        "it waits on"]


def test_so_it_does_in_a_forked_child():
    fork = """
    child = os.fork()
    if child:
        print(os.waitpid(child, 0)[1], flush=True)
        os._exit(0)
    """
    wait = WAITS["read"]
    assert run(fork + ELSEWHERE.format(wait=wait, limit=30)) == ["woken", "0"]
