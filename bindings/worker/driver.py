# SPDX-License-Identifier: MIT OR Apache-2.0
"""One worker that runs: what it prints, and what is sent to it."""

import ctypes
import errno
import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from pathlib import Path

import pytest

# What ends a test that hangs: never a measure of speed.
PATIENCE = 120

_libc = ctypes.CDLL(None, use_errno=True)
_libc.sigqueue.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_ssize_t]


class Driver:
    def __init__(self, command, terminal=False):
        """A worker, with a terminal of its own as its standard input if asked."""
        self.command = command
        self.until = time.monotonic() + PATIENCE
        self.keys, stdin = pty.openpty() if terminal else (None, subprocess.DEVNULL)
        self.process = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=_take_terminal if terminal else None,
        )
        self.pid = self.process.pid
        if terminal:
            os.close(stdin)
        self._rest = b""

    def line(self):
        """The next line of the standard output, or None at its end."""
        out = self.process.stdout.fileno()
        while b"\n" not in self._rest:
            if not select.select([out], [], [], self._left())[0]:
                self._hangs("its next line")
            more = os.read(out, 65536)
            if not more:
                assert not self._rest, f"half a line: {self._rest!r}"
                return None
            self._rest += more
        line, self._rest = self._rest.split(b"\n", 1)
        return line.decode()

    def expect(self, *lines):
        """These lines come next."""
        for line in lines:
            came = self.line()
            assert came == line, f"{line!r} expected: {came!r}{self._complaint(came)}"

    def send(self, signum):
        os.kill(self.pid, signum)

    def queue(self, signum, value):
        """sigqueue(): again where the kernel has no room."""
        while _libc.sigqueue(self.pid, signum, value) != 0:
            assert ctypes.get_errno() == errno.EAGAIN, os.strerror(ctypes.get_errno())
            assert self._left() > 0, "no room in the kernel's queue"
            time.sleep(0.001)

    def press_ctrl_c(self):
        """And wait until it has arrived, or two might be one to the kernel: the
        terminal echoes what it has sent, and then it is pending no more."""
        os.write(self.keys, b"\x03")
        echo = b""
        while not echo.endswith(b"^C"):
            if not select.select([self.keys], [], [], self._left())[0]:
                self._hangs("the echo of Ctrl-C")
            echo += os.read(self.keys, 1024)
        while self._is_pending(signal.SIGINT):
            if self._left() == 0:
                self._hangs("its Ctrl-C")
            time.sleep(0.001)

    def _is_pending(self, signum):
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False
        if "State:\tZ" in status:
            return False  # what it died by
        pending = re.findall(r"^(?:Sig|Shd)Pnd:\s*(\w+)$", status, re.M)
        return any(int(signals, 16) >> signum - 1 & 1 for signals in pending)

    def ends(self, status=0):
        """It prints nothing more and ends with this status, or by -SIGNAL."""
        assert self.line() is None
        try:
            self.process.wait(self._left())
        except subprocess.TimeoutExpired:
            self._hangs("its end")
        assert self.process.returncode == status, self._complaint(None)

    def complaint(self):
        """What it has said on its standard error, once it has ended."""
        return self.process.stderr.read().decode()

    def skip_if_it_cannot(self):
        """Skip the test where the worker says, by 77, that it cannot do this."""
        try:
            if self.process.wait(self._left()) == 77:
                pytest.skip(self.complaint().strip().removeprefix("worker: "))
        except subprocess.TimeoutExpired:
            self._hangs("its end")

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        if self.keys is not None:
            os.close(self.keys)

    def _left(self):
        return max(0, self.until - time.monotonic())

    def _complaint(self, line):
        if line is not None or self.process.wait(self._left()) is None:
            return ""
        return f", {self.process.returncode}, {self.complaint()!r}"

    def _hangs(self, awaited):
        """Say where each of its threads is, and give up."""
        where = []
        for thread in sorted(Path(f"/proc/{self.pid}/task").glob("*")):
            try:
                call = (thread / "syscall").read_text().strip()
                status = (thread / "status").read_text().splitlines()
            except OSError as error:
                call, status = str(error), []
            masks = [line for line in status if line.startswith(("State", "Sig", "Shd"))]
            where.append(f"thread {thread.name}: system call {call}; {'; '.join(masks)}")
        self.process.send_signal(signal.SIGKILL)
        pytest.fail(f"{self.command} hangs before {awaited}\n" + "\n".join(where))


def _take_terminal():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
