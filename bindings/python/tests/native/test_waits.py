# SPDX-License-Identifier: MIT OR Apache-2.0
import fcntl
import mmap
import os
import select
import signal
import socket
import threading
import time

import pytest

import safepoint
from safepoint import Interrupted, Latch


class Stop(Exception):
    pass


def stop(event=None):
    raise Stop


def full_pipe():
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, bytes(4096))
    except BlockingIOError:
        os.set_blocking(write, True)
    return read, write


def locked():
    """A file that somebody else has locked, and another descriptor of it."""
    fd = os.memfd_create("locked")
    fcntl.flock(fd, fcntl.LOCK_EX)
    return os.open(f"/proc/self/fd/{fd}", os.O_RDWR), fd


def fifo(folder):
    path = folder / "fifo"
    os.mkfifo(path)
    return path


def listening():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    return server


FUTEX = 202  # x86-64
WAITS = {
    "sleep": lambda tmp: safepoint.sleep(1000),
    "sleep for ever": lambda tmp: safepoint.sleep(None),
    "pause": lambda tmp: safepoint.pause(),
    "read": lambda tmp: safepoint.read(os.pipe()[0], 1),
    "read_into": lambda tmp: safepoint.read_into(os.pipe()[0], bytearray(1)),
    "write": lambda tmp: safepoint.write(full_pipe()[1], b"x"),
    "recv": lambda tmp: safepoint.recv(socket.socketpair()[0].detach(), 1),
    "accept": lambda tmp: safepoint.accept(listening()),
    "open": lambda tmp: safepoint.open(fifo(tmp), os.O_RDONLY),
    "flock": lambda tmp: safepoint.flock(locked()[0], fcntl.LOCK_EX),
    "poll": lambda tmp: safepoint.poll([(os.pipe()[0], select.POLLIN)]),
    "wait": lambda tmp: safepoint.wait(["RTMIN+9"]),
    "latch": lambda tmp: Latch().wait(),
    "syscall": lambda tmp: safepoint.syscall(
        FUTEX, mmap.mmap(-1, 4096), 0, 0, 0, 0, 0
    ),
}


@pytest.fixture(autouse=True)
def no_pipe_ends(monkeypatch):
    """Keep what the waits wait for."""
    kept = []
    for module, name in ((os, "pipe"), (socket, "socketpair")):
        make = getattr(module, name)

        def keep(*arguments, make=make):
            kept.append(make(*arguments))
            return kept[-1]

        monkeypatch.setattr(module, name, keep)


@pytest.mark.parametrize("name", WAITS)
def test_a_signal_that_raises_ends_a_wait(name, asleep, tmp_path):
    safepoint.install("USR1", stop)
    asleep(safepoint.kill, os.getpid(), "USR1")
    with pytest.raises(Stop):
        WAITS[name](tmp_path)


@pytest.mark.parametrize("name", WAITS)
def test_a_call_that_raises_ends_a_wait(name, asleep, tmp_path):
    asleep(safepoint.call, stop)
    with pytest.raises(Stop):
        WAITS[name](tmp_path)


@pytest.mark.parametrize("name", WAITS)
def test_an_interrupt_ends_a_wait(name, asleep, tmp_path):
    asleep(safepoint.interrupt, 5)
    with pytest.raises(Interrupted, match="5"):
        WAITS[name](tmp_path)


@pytest.mark.parametrize("name", WAITS)
def test_ctrl_c_that_is_pythons_own_ends_a_wait(name, asleep, tmp_path):
    asleep(os.kill, os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        WAITS[name](tmp_path)


def test_a_handler_of_signal_signal_runs_within_a_wait(seen, asleep):
    def handler(signum, frame):
        seen.append(threading.current_thread())
        raise Stop

    old = signal.signal(signal.SIGUSR2, handler)
    asleep(os.kill, os.getpid(), signal.SIGUSR2)
    with pytest.raises(Stop):
        safepoint.sleep(1000)
    assert seen == [threading.main_thread()]
    safepoint.fini()
    signal.signal(signal.SIGUSR2, old)


def test_a_handler_in_a_wait_sees_what_stands_there(seen, asleep):
    def handler(event):
        seen.append(safepoint.query("INT"))
        with pytest.raises(FileExistsError):
            safepoint.install("INT", print, if_default=True)
        with safepoint.install("INT", seen.append):
            os.kill(os.getpid(), signal.SIGINT)  # not Python's any more
            safepoint.check()
        raise Stop

    asleep(safepoint.call, handler, None)
    with pytest.raises(Stop):
        safepoint.sleep(1000)
    stood, interrupt = seen
    assert stood == (safepoint.Stands.FOREIGN, None, 0, False)
    assert interrupt.name == "SIGINT"
    assert safepoint.query("INT").kind is safepoint.Stands.FOREIGN


def test_a_handler_that_raises_nothing_lets_the_wait_go_on(seen, asleep):
    read, write = os.pipe()

    def handler(event):
        seen.append(event)
        asleep(os.write, write, b"data")

    safepoint.install("USR1", handler)
    asleep(safepoint.kill, os.getpid(), "USR1")
    assert safepoint.read(read, 10) == b"data"
    assert len(seen) == 1


def test_a_handler_in_a_wait_may_wait(seen, asleep):
    def outer(event):
        asleep(safepoint.kill, os.getpid(), "USR2")
        safepoint.pause()
        seen.append("outer")

    safepoint.install("USR1", outer)
    safepoint.install("USR2", lambda event: seen.append("inner"))
    asleep(safepoint.kill, os.getpid(), "USR1")
    safepoint.pause()
    assert seen == ["inner", "outer"]


def test_a_wait_lets_other_threads_run():
    latch = Latch()
    threading.Timer(0, latch.set).start()
    assert latch.wait() is True


def test_a_sleep_is_never_early():
    for seconds in (0, 1e-9, 0.001, 0.02):
        began = time.monotonic()
        safepoint.sleep(seconds)
        assert time.monotonic() - began >= seconds


def test_reads_and_writes_do_what_oss_do():
    read, write = os.pipe()
    assert safepoint.write(write, b"hello") == 5
    assert safepoint.write(write, memoryview(bytearray(b" you"))) == 4
    assert safepoint.read(read, 5) == b"hello"
    buffer = bytearray(10)
    assert safepoint.read_into(read, buffer) == 4
    assert buffer == b" you" + bytes(6)
    os.close(write)
    assert safepoint.read(read, 5) == b""
    assert safepoint.read_into(read, buffer) == 0
    os.close(read)


def test_sockets():
    server = listening()
    client = socket.create_connection(server.getsockname())
    peer = socket.socket(fileno=safepoint.accept(server))
    assert not peer.get_inheritable()
    assert safepoint.send(client, b"hello") == 5
    assert safepoint.recv(peer, 10) == b"hello"
    with pytest.raises(BlockingIOError):
        safepoint.recv(peer, 10, socket.MSG_DONTWAIT)
    for made in (client, peer, server):
        made.close()


def test_poll_says_which_are_ready():
    first, second = os.pipe(), os.pipe()
    os.write(second[1], b"x")
    ends = [(first[0], select.POLLIN), (second[0], select.POLLIN)]
    assert safepoint.poll(ends) == [(second[0], select.POLLIN)]
    assert safepoint.poll(ends[:1], 0) == []
    assert safepoint.poll([], 0.001) == []
    for fd in first + second:
        os.close(fd)


def test_wait_takes_a_signal_without_its_handler(seen):
    safepoint.install("USR1", seen.append)
    safepoint.raise_signal("USR1")
    event = safepoint.wait({"USR1", "USR2"})
    assert (event.signum, event.pid) == (signal.SIGUSR1, os.getpid())
    safepoint.check()
    assert seen == []
    assert safepoint.wait({"USR1"}, 0) is None
    assert safepoint.wait({"USR1"}, 0.001) is None


def test_waitpid_knows_its_children():
    with pytest.raises(ChildProcessError):
        safepoint.waitpid(-1)
    pid = os.posix_spawn("/bin/sleep", ["sleep", "1000"], {})
    assert safepoint.waitpid(pid, os.WNOHANG) == (0, 0)
    safepoint.kill(pid, "KILL")
    assert safepoint.waitpid(pid) == (pid, signal.SIGKILL)


def test_errors_are_the_system_calls():
    with pytest.raises(OSError) as caught:
        safepoint.read(987654, 1)
    assert caught.value.errno == 9
    with pytest.raises(FileNotFoundError):
        safepoint.open("/nowhere", os.O_RDONLY)
    with pytest.raises(ValueError):
        safepoint.open("a\0b", os.O_RDONLY)
    with pytest.raises(ValueError):
        safepoint.read(0, -1)
    with pytest.raises(TypeError):
        safepoint.read("0", 1)
    with pytest.raises((TypeError, BufferError)):
        safepoint.read_into(0, b"constant")


def test_pause_is_the_owners(thread):
    with pytest.raises(PermissionError):
        thread(safepoint.pause)


def test_blocking_says_what_is_pending_and_interrupts_foreign_code(asleep):
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    with safepoint.blocking() as pending:
        assert pending is False
        asleep(safepoint.call, stop)
        assert libc.sleep(1000) > 0  # cut short
    with pytest.raises(Stop):
        safepoint.check()
    safepoint.install("USR1", stop)
    safepoint.raise_signal("USR1")
    with safepoint.blocking() as pending:
        assert pending is True
    with pytest.raises(Stop):
        safepoint.check()


def test_syscall_takes_ints_and_buffers():
    assert safepoint.syscall(39) == os.getpid()
    name = bytearray(400)
    assert safepoint.syscall(63, name) == 0
    assert name.startswith(b"Linux\0")
    with pytest.raises(OSError):
        safepoint.syscall(999999)
    with pytest.raises(TypeError):
        safepoint.syscall()
    with pytest.raises(TypeError):
        safepoint.syscall(39, "text")
    with pytest.raises(TypeError):
        safepoint.syscall(39, 1, 2, 3, 4, 5, 6, 7)


def test_a_latch_is_set_once():
    latch = Latch()
    assert latch.is_set() is False
    assert latch.wait(0) is False
    assert latch.wait(0.001) is False
    assert latch.set() is True
    assert latch.set() is False
    assert latch.is_set() is True
    assert latch.wait() is True


def test_a_latch_stops_workers():
    latch = Latch()
    stopped = []

    def work():
        latch.wait()
        stopped.append(1)

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    latch.set()
    for worker in workers:
        worker.join()
    assert len(stopped) == 8


def test_a_latch_in_shared_memory_stops_a_process(python, tmp_path):
    file = tmp_path / "latch"
    file.write_bytes(bytes(4096))
    with file.open("r+b") as opened:
        memory = mmap.mmap(opened.fileno(), 4096)
    latch = Latch(memory)
    program = """
import mmap, safepoint, sys
file = open(sys.argv[1], "r+b")
print(safepoint.Latch(mmap.mmap(file.fileno(), 4096)).wait())
"""
    threading.Timer(0.05, latch.set).start()
    assert python(program, str(file)) == "True\n"
    with pytest.raises(BufferError):
        memory.close()
    del latch
    memory.close()


@pytest.mark.parametrize("buffer", [bytearray(3), memoryview(bytearray(8))[1:]])
def test_a_latch_needs_four_bytes_in_their_place(buffer):
    with pytest.raises(ValueError, match="a latch needs 4 bytes"):
        Latch(buffer)
    with pytest.raises((TypeError, BufferError)):
        Latch(b"1234")
    with pytest.raises(TypeError):
        safepoint.main.latch_wait(buffer)


AGAIN = {
    "by a handler": """
def first(*args):
    signal.signal(second_signal, second)
signal.signal(first_signal, first)
""",
    "by one of safepoint's": """
def first(event):
    signal.signal(second_signal, second)
safepoint.install(first_signal, first)
""",
    "by a handler that waits": """
def first(*args):
    safepoint.sleep(0)
    signal.signal(second_signal, second)
    safepoint.sleep(0)
signal.signal(first_signal, first)
""",
}


@pytest.mark.parametrize("active", [False, True])
@pytest.mark.parametrize("how", AGAIN)
@pytest.mark.parametrize("signals", ["INT INT", "USR1 TERM"])
def test_a_handler_that_is_set_in_a_wait_ends_it(how, signals, active, python):
    first, second = signals.split()
    if how == "by one of safepoint's" and first == second:
        pytest.skip("it is another handler's")
    program = f"""
import faulthandler, os, signal, threading, safepoint
faulthandler.dump_traceback_later(50, exit=True)
if {active}:
    import safepoint.signal
    safepoint.signal.activate()
first_signal, second_signal = signal.SIG{first}, signal.SIG{second}
def second(*args):
    raise KeyboardInterrupt
{AGAIN[how]}
def asleep():
    for _ in range(50_000):
        with open(f"/proc/self/task/{{os.getpid()}}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "S":
                return
        os.sched_yield()
def send():
    asleep()
    os.kill(os.getpid(), first_signal)
    while signal.getsignal(second_signal) is not second:
        os.sched_yield()
    asleep()
    os.kill(os.getpid(), second_signal)
threading.Thread(target=send, daemon=True).start()
try:
    safepoint.sleep(None)
except KeyboardInterrupt:
    print("ended")
"""
    assert python(program) == "ended\n"


def test_a_forked_child_of_another_thread_waits_as_ever(python):
    program = """
import os, signal, threading, safepoint
safepoint.init()
seen = []
signal.signal(signal.SIGUSR1, lambda *args: seen.append(1))
def fork():
    pid = os.fork()
    if pid == 0:
        safepoint.call(seen.append, 2)
        safepoint.check()
        safepoint.sleep(0)
        os._exit(0 if seen == [2] else 1)
    print(os.waitpid(pid, 0)[1])
    os.kill(os.getpid(), signal.SIGTERM)
def end(*args):
    raise SystemExit
signal.signal(signal.SIGTERM, end)
threading.Thread(target=fork).start()
safepoint.sleep(None)
"""
    assert python(program) == "0\n"


def test_errors_say_what_the_system_says(tmp_path, thread):
    with pytest.raises(FileNotFoundError) as found:
        safepoint.open(tmp_path / "none", os.O_RDONLY)
    assert found.value.strerror == "No such file or directory"
    assert found.value.filename == tmp_path / "none"
    with pytest.raises(PermissionError, match="Only the thread that owns"):
        thread(safepoint.pause)
    with pytest.raises(ChildProcessError, match="No child processes"):
        safepoint.waitpid(os.getpid(), 0)
    read, write = os.pipe()
    os.set_blocking(read, False)
    with pytest.raises(BlockingIOError, match="Resource temporarily unavailable"):
        safepoint.read(read, 1)
    os.close(read)
    os.close(write)
    sealed = os.memfd_create("sealed", os.MFD_ALLOW_SEALING)
    fcntl.fcntl(sealed, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE)
    with pytest.raises(PermissionError, match="Operation not permitted"):
        safepoint.write(sealed, b"x")
    os.close(sealed)
