# SPDX-License-Identifier: MIT OR Apache-2.0
"""sigwait() and its like, which take SIGURG as well where it is the library's own
kick: it is to end what the main thread waits in, and is nobody's signal."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Iterable
from signal import SIGURG, struct_siginfo
from typing import Any

_stock: Any = importlib.import_module("_signal")  # before activate()
SI_QUEUE = -1


def _is_kick(info: struct_siginfo) -> bool:
    return (info.si_signo, info.si_code, info.si_pid) == (
        SIGURG,
        SI_QUEUE,
        os.getpid(),
    )


def sigwaitinfo(sigset: Iterable[int], /) -> struct_siginfo:
    """Wait for a signal in sigset; return a struct_siginfo that says the rest."""
    signals = tuple(sigset)
    info: struct_siginfo = _stock.sigwaitinfo(signals)
    while _is_kick(info):
        info = _stock.sigwaitinfo(signals)
    return info


def sigtimedwait(
    sigset: Iterable[int], timeout: float, /
) -> struct_siginfo | None:
    """As sigwaitinfo(), for so many seconds at most; then None."""
    signals = tuple(sigset)
    begun = time.monotonic()
    info: struct_siginfo | None = _stock.sigtimedwait(signals, timeout)
    while info is not None and _is_kick(info):
        left = begun + timeout - time.monotonic()
        info = _stock.sigtimedwait(signals, max(left, 0))
    return info


def sigwait(sigset: Iterable[int], /) -> int:
    """Wait for a signal in sigset; return its number."""
    signals = tuple(sigset)
    number: int
    if SIGURG in signals:
        number = sigwaitinfo(signals).si_signo
    else:
        number = _stock.sigwait(signals)
    return number


for _function in sigwaitinfo, sigtimedwait:
    _function.__module__ = "signal"  # as activate() has it
