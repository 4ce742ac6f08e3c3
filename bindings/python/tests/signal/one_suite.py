# SPDX-License-Identifier: MIT OR Apache-2.0
"""Run one suite of CPython's, as it is: one_suite.py RESULTS SUITE.

Each line of RESULTS is [test, outcome, reason], written as it happens: "began"
is followed by what became of it, unless the suite hangs there.
"""
import faulthandler
import json
import signal
import sys
import unittest

# suites.py sends it where the time is up: which thread waits where.
TRACEBACK = signal.SIGRTMAX


class Result(unittest.TextTestResult):
    results = None

    def note(self, test, outcome, reason=""):
        print(json.dumps([test.id(), outcome, reason]), file=self.results,
              flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.note(test, "began")

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test, "ok")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "failed", str(err[1]))

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "failed", str(err[1]))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped", reason)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.note(test, "failed as expected")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note(test, "failed", "unexpected success")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note(test, "failed", f"{subtest}: {err[1]}")


def main():
    results, suite = sys.argv[1:]
    faulthandler.register(TRACEBACK, all_threads=True)
    with open(results, "w") as Result.results:
        unittest.main(module=None, argv=["unittest", "-v", suite],
                      testRunner=unittest.TextTestRunner(
                          verbosity=2, resultclass=Result))


if __name__ == "__main__":
    main()
