#!/usr/bin/python3
"""What guest.so keeps to as a guest.

    test_guest.py

SPDX-License-Identifier: MIT OR Apache-2.0
"""

import contextlib
import os
import signal
import threading
import time
import unittest

import guest


def press():
    os.kill(os.getpid(), signal.SIGINT)


def cancel():
    while guest.cancel() == 0:  # what is to end has not begun yet
        time.sleep(0.001)


@contextlib.contextmanager
def soon(function):
    """Have another thread call it, in the middle of what is done here."""
    timer = threading.Timer(0.02, function)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def nested():
    while True:
        try:
            while True:
                try:
                    guest.spin()
                except BaseException:
                    continue
        except BaseException:
            pass


def suppressing():
    while True:
        with contextlib.suppress(BaseException):
            guest.spin()


def in_finally():
    while True:
        try:
            guest.spin()
        finally:
            continue


class Guest(unittest.TestCase):
    def setUp(self):
        self.addCleanup(signal.signal, signal.SIGINT,
                        signal.getsignal(signal.SIGINT))

    def test_each_ctrl_c_ends_one_spin(self):
        for _ in range(20):
            with self.assertRaises(KeyboardInterrupt), soon(press):
                guest.spin()

    def test_a_new_handler_runs_once_per_ctrl_c(self):
        seen = []

        def other(signum, frame):
            seen.append(signum)
            raise InterruptedError

        with self.assertRaises(KeyboardInterrupt), soon(press):
            guest.spin()
        signal.signal(signal.SIGINT, other)
        for count in range(1, 21):
            with self.assertRaises(InterruptedError), soon(press):
                guest.spin()
            self.assertEqual(len(seen), count)

    def test_spin_goes_on_where_a_handler_raises_nothing(self):
        seen = []

        def other(signum, frame):
            seen.append(signum)
            press() if len(seen) < 5 else guest.cancel()

        def script():
            with soon(press):
                guest.spin()

        signal.signal(signal.SIGINT, other)
        with self.assertRaises(guest.Cancelled):
            guest.script(script)
        self.assertEqual(len(seen), 5)

    def test_an_ignored_sigint_stays_ignored(self):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with self.assertRaises(TimeoutError), soon(press):
            guest.spin(deadline_ms=50)

    def test_a_sigint_that_kills_kills(self):
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            with soon(press):
                guest.spin()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self.assertEqual(status, -signal.SIGINT)

    def test_another_thread_ends_with_cancelled(self):
        ended = []

        def work():
            try:
                guest.spin()
            except guest.Cancelled as error:
                ended.append(str(error))

        thread = threading.Thread(target=work)
        thread.start()
        while thread.is_alive():  # it may not be in spin() yet
            with self.assertRaises(KeyboardInterrupt):
                press()
            thread.join(0.05)
        self.assertEqual(ended, ["ctrl-c"])

    def test_cancel_ends_one_thread(self):
        ended = []

        def work():
            try:
                guest.spin()
            except guest.Cancelled as error:
                ended.append(str(error))

        threads = [threading.Thread(target=work) for _ in range(5)]
        for thread in threads:
            thread.start()
        for count, thread in enumerate(threads, 1):
            while guest.cancel(thread.ident) == 0:
                pass
            thread.join()
            self.assertEqual(ended, ["cancel"] * count)

    def test_cancel_is_for_what_runs(self):
        self.assertEqual(guest.cancel(), 0)
        with self.assertRaises(TimeoutError):
            guest.spin(deadline_ms=20)

    def test_a_script_that_catches_everything_ends(self):
        for script in nested, suppressing, in_finally:
            for _ in range(5):
                with self.subTest(script=script):
                    with self.assertRaises(guest.Cancelled):
                        with soon(cancel):
                            guest.script(script)
                    with self.assertRaises(TimeoutError):
                        guest.script(script, deadline_ms=20)
        with self.assertRaises(TimeoutError):
            guest.spin(deadline_ms=20)

    def test_a_thread_gives_its_context_back(self):
        for _ in range(5000):  # there are 4,096
            thread = threading.Thread(target=guest.run, args=(1, 1))
            thread.start()
            thread.join()
        guest.run(1, 1)

    def test_a_forked_child(self):
        started = threading.Event()

        def work():
            with contextlib.suppress(guest.Cancelled):
                guest.script(lambda: (started.set(), guest.spin()))

        thread = threading.Thread(target=work)
        thread.start()
        started.wait()
        pid = os.fork()
        if pid == 0:
            code = 1
            if guest.cancel() == 0:
                try:
                    with soon(press):
                        guest.spin()
                except KeyboardInterrupt:
                    code = 0
            os._exit(code)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self.assertEqual(guest.cancel(), 1)
        thread.join()
        self.assertEqual(status, 0)


if __name__ == "__main__":
    unittest.main()
