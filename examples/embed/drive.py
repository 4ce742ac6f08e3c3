#!/usr/bin/env python3
"""Runs an embedding as its user does: on a terminal of its own.

    drive.py MODE SCRIPT COMMAND...

COMMAND is started with the arguments MODE and SCRIPT. When it has printed
"ready", and MODE is ctrl-c, Ctrl-C is pressed; for a deadline and a cancel it
sees to that itself. It has to print "stopped: MODE" and then, to show that
the engine still runs scripts, "then: 2", and to end with status 0.

What is measured is printed; nothing passes or fails by a clock, but for the
watchdog, which says where it hangs.

SPDX-License-Identifier: MIT OR Apache-2.0
"""

import os
import pty
import select
import signal
import sys
import time

WATCHDOG = 120  # seconds


def start(command):
    """On a terminal, as a shell would start it: its pid and the terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        for signum in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(signum, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.execv(command[0], command)
    return pid, terminal


def lines(terminal, seen):
    """The program's lines, as they come; all of them are kept in `seen`."""
    end = time.monotonic() + WATCHDOG
    rest = b""
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            raise TimeoutError
        try:
            new = os.read(terminal, 4096)
        except OSError:  # EIO: the program has closed the terminal
            new = b""
        if not new:
            return
        *whole, rest = (rest + new).split(b"\n")
        for line in whole:
            # The terminal shows the key that was pressed.
            text = line.decode(errors="replace").replace("^C", "")
            seen.append(text.strip())
            yield seen[-1]


def main():
    mode, script, *command = sys.argv[1:]
    pid, terminal = start([*command, mode, script])
    seen, pressed, took = [], time.monotonic(), None
    try:
        for line in lines(terminal, seen):
            if line.endswith("ready") and mode == "ctrl-c":
                time.sleep(0.05)  # so that it is in the middle of the script
                pressed = time.monotonic()
                os.write(terminal, b"\x03")
            elif line.startswith("stopped: ") and took is None:
                took = time.monotonic() - pressed
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        sys.exit(f"hangs; so far it has printed: {seen}")
    expected = [f"stopped: {mode}", "then: 2"]
    if [line for line in seen if line in expected] != expected or status != 0:
        sys.exit(f"status {status}, and it has printed: {seen}")
    if mode == "ctrl-c":
        print(f"{script}: from Ctrl-C to stopped {took * 1000:.2f} ms")
    for line in seen:
        print(f"  {line}")


main()
