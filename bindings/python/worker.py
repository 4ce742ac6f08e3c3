# SPDX-License-Identifier: MIT OR Apache-2.0
"""What each language's worker does: ../worker/README.md.

    python worker.py SCENARIO [ARGUMENT...]
"""

from __future__ import annotations

import errno
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable

import safepoint
from safepoint import Event, Interrupted

def say(line: object) -> None:
    print(line, flush=True)


def forever(how: str) -> None:
    """Safe points until a handler raises."""
    if how == "spin":
        check = safepoint.check
        while True:
            check()
    while True:
        safepoint.sleep(None)


def until_raised(how: str) -> None:
    try:
        forever(how)
    except Interrupted as raised:
        say(f"raised {raised.number}")


def raise_number(event: Event) -> int:
    return event.signum


def arrival(how: str) -> None:
    for name in ("HUP", "USR1", "USR2"):
        safepoint.install(
            name, lambda event: say(f"{event.name} from {event.pid} uid {event.uid}")
        )
    safepoint.install("TERM", raise_number)
    say("ready")
    until_raised(how)


def storm() -> None:
    counted = {"SIGUSR1": 0, "SIGRTMIN+1": 0}

    def count(event: Event) -> None:
        counted[str(event.name)] += event.count

    def so_far(event: Event) -> None:
        say("so far " + " ".join(f"{name} {n}" for name, n in counted.items()))

    for name in counted:
        safepoint.install(name, count)
    safepoint.install("USR2", so_far)
    safepoint.install("TERM", raise_number)
    say("ready")
    until_raised("wait")
    safepoint.check()
    for name, n in counted.items():
        say(f"{name} {n}")
    stats = safepoint.stats()
    say(
        f"{stats.arrivals} arrivals = {stats.handled} handled + "
        f"{stats.coalesced} coalesced + {stats.lost} lost + {stats.dropped} dropped"
    )


def values() -> None:
    for name in ("RTMIN+1", "RTMIN+2"):
        safepoint.install(name, lambda event: say(f"{event.name} value {event.value}"))
    safepoint.install("TERM", raise_number)
    say("ready")
    until_raised("wait")


def calls(threads: int, count: int) -> None:
    ran: list[tuple[int, int]] = []
    ran_on: set[int] = set()

    def run(thread: int, n: int) -> None:
        ran.append((thread, n))
        ran_on.add(threading.get_ident())

    def add(thread: int) -> None:
        for n in range(count):
            while True:
                try:
                    safepoint.call(run, thread, n)
                    break
                except BlockingIOError:
                    time.sleep(0.0001)

    safepoint.init()
    say("ready")
    workers = [
        threading.Thread(target=add, args=(thread,)) for thread in range(threads)
    ]
    for worker in workers:
        worker.start()
    while len(ran) < threads * count:
        safepoint.check()
    for worker in workers:
        worker.join()
    safepoint.check()
    say(f"{len(ran)} calls")
    ordered = all(
        [n for of, n in ran if of == thread] == list(range(count))
        for thread in range(threads)
    )
    say("in order " + ("yes" if ordered else "no"))
    owner = ran_on <= {threading.get_ident()}
    say("on the owner " + ("yes" if owner else "no"))
    threading.Thread(target=safepoint.call, args=(lambda: 7,)).start()
    until_raised("spin")


def deadline(ms: int) -> None:
    seconds = ms / 1000
    safepoint.init()
    say("ready")
    began = time.monotonic_ns()
    safepoint.call_after(seconds, lambda: 9)
    until_raised("spin")
    early = time.monotonic_ns() - began < ms * 1_000_000
    say("early " + ("yes" if early else "no"))
    ticks = itertools.count(1)

    def tick() -> None:
        n = next(ticks)
        say(f"tick {n}")
        if n == 3:
            timer.cancel()
            say("cancelled")

    timer = safepoint.call_after(seconds, tick, every=seconds)
    safepoint.sleep(5 * seconds)


def interrupt(how: str) -> None:
    safepoint.init(interpreter_defaults=True)
    say("ready")
    try:
        while how == "read":
            safepoint.read(0, 1)
        forever(how)
    except KeyboardInterrupt:
        say(f"interrupted {safepoint.INTERRUPTED}")
    safepoint.default("INT")
    safepoint.raise_signal("INT")


def hang(deliveries: int, ms: int) -> None:
    safepoint.install("INT", lambda event: say("handled"))
    safepoint.set_escalation(
        "INT", deliveries=deliveries, seconds=ms / 1000
    )
    say("ready")
    while True:
        pass


def fork() -> None:
    handled: Counter[str] = Counter()

    def count(event: Event) -> None:
        handled["USR1"] += 1

    safepoint.install("USR1", count)
    say("ready")
    safepoint.kill(os.getpid(), "USR1")
    pid = os.fork()
    if pid == 0:
        say("child owner " + ("yes" if safepoint.is_owner() else "no"))
        safepoint.check()
        say(f"child handled {handled['USR1']}")
        safepoint.kill(os.getpid(), "USR1")
        safepoint.check()
        say(f"child handled {handled['USR1']}")
        os._exit(3)
    _, status = safepoint.waitpid(pid)
    safepoint.check()
    say(f"parent handled {handled['USR1']}")
    say(f"child ended {os.waitstatus_to_exitcode(status)}")


def child() -> None:
    statuses: list[int] = []
    safepoint.install("CHLD", lambda event: statuses.append(event.status))

    def ended(process: subprocess.Popen[bytes]) -> int:
        _, status = safepoint.waitpid(process.pid)
        process.returncode = os.waitstatus_to_exitcode(status)
        while not statuses:
            safepoint.pause()
        say(f"SIGCHLD status {statuses.pop()}")
        return process.returncode

    say("ready")
    say(f"child ended {ended(subprocess.Popen(['sh', '-c', 'exit 3']))}")
    sleeper = subprocess.Popen(["sleep", "100"])
    safepoint.kill(sleeper.pid, "TERM")
    say(f"child died by {safepoint.name(-ended(sleeper))}")


def errors() -> None:
    def tell(what: str, function: Callable[[], object]) -> None:
        try:
            function()
        except OSError as error:
            say(f"{what} {errno.errorcode[error.errno or 0]}")

    def install(signum: int | str) -> None:
        safepoint.install(signum, raise_number)

    safepoint.init()
    say("ready")
    tell("SIGKILL", lambda: install("KILL"))
    tell("0", lambda: install(0))
    other = threading.Thread(
        target=tell, args=("another thread", lambda: install("USR1"))
    )
    other.start()
    other.join()
    tell("no timer", lambda: safepoint.cancel(12345))


def nanoseconds(function: Callable[[], object], count: int) -> float:
    """What one call costs, the loop included."""
    rounds = itertools.repeat(None, count)
    began = time.perf_counter_ns()
    for _ in rounds:
        function()
    return (time.perf_counter_ns() - began) / count


def cost(rounds: int) -> None:
    safepoint.init()
    say("other: bool()")  # the cheapest of all calls of builtins
    for _ in range(rounds):
        check = nanoseconds(safepoint.check, 100_000)
        other = nanoseconds(bool, 100_000)
        say(f"{check:.2f} {other:.2f}")


def how(word: str) -> str:
    if word not in ("spin", "wait"):
        raise ValueError(word)
    return word


def how_or_read(word: str) -> str:
    return word if word == "read" else how(word)


def at_least(least: int) -> Callable[[str], int]:
    def number(word: str) -> int:
        if not word.isdecimal() or int(word) < least:
            raise ValueError(word)
        return int(word)

    return number


SCENARIOS: dict[str, tuple[Callable[..., None], list[Callable[[str], object]]]] = {
    "arrival": (arrival, [how]),
    "storm": (storm, []),
    "values": (values, []),
    "calls": (calls, [at_least(1), at_least(1)]),
    "deadline": (deadline, [at_least(1)]),
    "interrupt": (interrupt, [how_or_read]),
    "hang": (hang, [at_least(0), at_least(0)]),
    "fork": (fork, []),
    "child": (child, []),
    "errors": (errors, []),
    "cost": (cost, [at_least(1)]),
}


def main(words: list[str]) -> int:
    try:
        scenario, kinds = SCENARIOS[words[0]]
        arguments = [kind(word) for kind, word in zip(kinds, words[1:], strict=True)]
    except (IndexError, KeyError, ValueError):
        print("usage: worker SCENARIO [ARGUMENT...]", file=sys.stderr)
        return 2
    try:
        scenario(*arguments)
    except Exception as error:
        print(f"worker: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
