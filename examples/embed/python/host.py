#!/usr/bin/python3
"""A Python program whose native computation can be stopped.

    host.py MODE SCRIPT     ctrl-c, deadline, cancel; spin, stubborn
    host.py cost

SPDX-License-Identifier: MIT OR Apache-2.0
"""

import os
import signal
import statistics
import sys
import threading
import time

import guest

LOOKS = ("nothing", "safe point", "PyErr_CheckSignals()",
         "PyErr_CheckSignals(), the GIL taken for it")


def stubborn():
    while True:
        try:
            guest.spin()
        except BaseException:
            pass


def cancel():
    time.sleep(0.05)
    while guest.cancel() == 0:  # it has not begun yet
        time.sleep(0.001)


def run(mode, script):
    """What stopped the script: what was raised says so."""
    deadline_ms = 50 if mode == "deadline" else 0
    if mode == "cancel":
        threading.Thread(target=cancel).start()
    print("ready", flush=True)
    try:
        guest.script(script, deadline_ms)
    except KeyboardInterrupt:
        return "ctrl-c"
    except TimeoutError:
        return "deadline"
    except guest.Cancelled:
        return "cancel"


def per_turn(look, turns):
    """Nanoseconds of the processor: others may be busy, too."""
    start = time.process_time_ns()
    guest.run(look, turns)
    return (time.process_time_ns() - start) / turns


def python():
    while True:
        pass


def latency(script):
    """Microseconds from a kill() of another process to the exception."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        time.sleep(0.05)
        os.write(write, time.monotonic_ns().to_bytes(8, sys.byteorder))
        os.kill(os.getppid(), signal.SIGINT)
        os._exit(0)
    try:
        script()
    except KeyboardInterrupt:
        end = time.monotonic_ns()
    os.waitpid(pid, 0)
    start = int.from_bytes(os.read(read, 8), sys.byteorder)
    os.close(read)
    os.close(write)
    return (end - start) / 1000


def cost():
    turns = [int(60e6 / per_turn(look, 100000)) for look in range(4)]
    rounds = [[per_turn(look, turns[look]) for look in range(4)]
              for _ in range(21)]
    for look, times in zip(LOOKS, zip(*rounds)):
        print(f"{statistics.median(times):8.2f} ns a turn: {look}")
    for script in guest.spin, python:
        delays = sorted(latency(script) for _ in range(101))
        print(f"{delays[50]:8.1f} us from SIGINT to the KeyboardInterrupt,",
              f"{delays[-1]:.1f} at most: {script.__name__}()")
    print(f"cost: {statistics.median(b / a for a, b, *_ in rounds):.3f}")


def main():
    if sys.argv[1] == "cost":
        return cost()
    mode, name = sys.argv[1:]
    script = {"spin": guest.spin, "stubborn": stubborn}[name]
    stopped = run(mode, script)
    if stopped == "ctrl-c":
        print()  # the terminal has written ^C
    print("stopped:", stopped)
    print("then:", eval("1 + 1"))


main()
