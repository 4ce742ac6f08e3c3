# SPDX-License-Identifier: MIT OR Apache-2.0
"""Run a script in a Python of its own, with `signal` being safepoint's or
CPython's: signal handlers belong to a process."""
import subprocess
import sys
import textwrap

STOCK = "import signal\n"
SAFEPOINT = """\
import safepoint.signal
safepoint.signal.activate()
import signal
"""

# What scripts have at hand.
COMMON = """\
import ctypes, errno, os, select, sys, threading, time
import _thread
libc = ctypes.CDLL(None, use_errno=True)

def sigqueue(signum, value, pid=None):
    pid = os.getpid() if pid is None else pid
    if libc.sigqueue(pid, signum, ctypes.c_void_p(value)):
        raise OSError(ctypes.get_errno(), "sigqueue")

def disposition(signum):
    '''struct sigaction, as the kernel has it.'''
    now = ctypes.create_string_buffer(152)
    if libc.sigaction(signum, None, now):
        raise OSError(ctypes.get_errno(), "sigaction")
    return now.raw[:8] + now.raw[8:16] + now.raw[136:140]

def until_it_waits():
    '''The main thread stays in one system call; a minute at most.'''
    before, same = None, 0
    for _ in range(6000):
        with open(f"/proc/self/task/{os.getpid()}/syscall") as file:
            now = file.read()
        same = same + 1 if now == before and now[0].isdigit() else 0
        if same == 5:
            return
        before = now
        time.sleep(0.01)
    os.abort()
"""


def run(script, before=SAFEPOINT, limit=60, code=0):
    """The lines that the script prints."""
    child = subprocess.Popen(
        [sys.executable, "-B", "-X", "faulthandler", "-c",
         before + COMMON + textwrap.dedent(script)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        child.send_signal(6)  # SIGABRT: faulthandler says where
        out, err = child.communicate()
        raise AssertionError(f"it hung\n{out}\n{err}") from None
    assert child.returncode == code, f"{child.returncode}\n{out}\n{err}"
    return out.splitlines() + err.splitlines()
