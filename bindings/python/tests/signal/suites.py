# SPDX-License-Identifier: MIT OR Apache-2.0
"""CPython's own suites, as they are installed, with its own _signal and with
safepoint.signal in its place: suites.py INTERPRETER.

The same tests have to pass, and none may be skipped that runs with CPython's
own. NOT_REDIRECTED names those that look at CPython's own internals.
"""
import collections
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from in_place import Venv
from one_suite import TRACEBACK

HERE = Path(__file__).parent
LIMIT = 300  # seconds for a suite; the slowest takes 50
SUITES = [
    "test.test_signal",
    "test.test_threadsignals",
    "test.test_eintr",
    "test._test_eintr",  # what test_eintr runs, test by test
    "test.test_asyncio.test_unix_events",
    "test.test_asyncio.test_runners",
    "test.test_asyncio.test_subprocess",
    "test.test_subprocess",
]
NOT_REDIRECTED = {}  # test: reason


def skip(why):
    print(why)
    sys.exit(77)


def stop(process):
    """It hangs: have it say where, and end it and what it has started."""
    process.send_signal(TRACEBACK)
    time.sleep(2)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(venv, suite, output):
    """What became of each test; where it hung or died, that of the last."""
    results = output.with_suffix(".results")
    work = venv.folder / "work"
    work.mkdir(exist_ok=True)
    venv.noted()
    began = time.monotonic()
    ended = "ended in here"
    with open(output, "w") as log:
        process = subprocess.Popen(
            [venv.python, "-B", HERE / "one_suite.py", results, suite],
            cwd=work, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True)
        try:
            process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            stop(process)
            ended = f"hung here for {LIMIT} s; see {output}"
    outcomes = {}
    for line in results.read_text().splitlines():
        test, outcome, reason = json.loads(line)
        if outcomes.get(test, ("began",))[0] != "failed":
            outcomes[test] = (outcome, reason)
    for test, (outcome, _) in outcomes.items():
        if outcome == "began":
            outcomes[test] = ("failed", f"{ended}: {process.returncode}")
    return outcomes, *venv.noted(), time.monotonic() - began


def compare(stock, ours):
    """What is worse with ours: sentences."""
    for test, (outcome, _) in stock.items():
        mine, reason = ours.get(test, ("not run", ""))
        if test in NOT_REDIRECTED:
            if mine != "failed":
                yield f"{test}: {mine}, and needs not be in NOT_REDIRECTED"
        elif outcome not in (mine, "failed") and not (
                outcome == "skipped" and mine == "ok"):
            yield f"{test}: {outcome}; with safepoint {mine} {reason}"
    for test in ours.keys() - stock.keys():
        yield f"{test}: only with safepoint"


def figures(outcomes, started, handled, seconds):
    count = collections.Counter(outcome for outcome, _ in outcomes.values())
    parts = [f"{number} {outcome}" for outcome, number in count.items()]
    handled = f"; {handled} handled" if handled else ""
    return (f"{', '.join(sorted(parts))}; {started} Pythons{handled}; "
            f"{seconds:.0f} s")


def main():
    if len(sys.argv) != 2 or not os.access(sys.argv[1], os.X_OK):
        skip(f"There is no such Python here: {sys.argv[1:]}")
    interpreter = sys.argv[1]
    # A shell's background job ignores it, and its children would.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if subprocess.run([interpreter, "-c", "import test.test_signal"],
                      stderr=subprocess.DEVNULL).returncode != 0:
        skip(f"{interpreter} has no package `test` installed")
    version = subprocess.check_output(
        [interpreter, "-c", "import sys; print(sys.version.split()[0])"],
        text=True).strip()
    build = Path(os.environ["SAFEPOINT_BUILD"], "python")
    folder = build / "suites" / version
    [wheel] = (build / "wheel").glob("*.whl")
    stock = Venv(folder / "stock", interpreter)
    ours = Venv(folder / "safepoint", interpreter, wheel)
    worse = []
    handled = 0
    for suite in SUITES:
        with_stock = run(stock, suite, folder / f"{suite}.stock.log")
        with_ours = run(ours, suite, folder / f"{suite}.log")
        worse += compare(with_stock[0], with_ours[0])
        print(f"{version} {suite}\n  stock      {figures(*with_stock)}\n"
              f"  safepoint  {figures(*with_ours)}", flush=True)
        # Some of those that a test kills at once do not come to note it.
        if not with_stock[0] or with_ours[1] < with_stock[1] * 0.9:
            worse.append(f"{suite}: fewer Pythons have safepoint")
        handled += with_ours[2]
    if handled < 1000:
        worse.append(f"safepoint has handled no more than {handled} signals")
    for test, reason in NOT_REDIRECTED.items():
        print(f"not redirected: {test}: {reason}")
    print(*worse, sep="\n")
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
