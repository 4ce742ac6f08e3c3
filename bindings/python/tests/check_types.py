# SPDX-License-Identifier: MIT OR Apache-2.0
"""mypy's opinion of the package and the worker:

    check_types.py CACHE

77, where there is no mypy.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main(cache: str) -> int:
    if importlib.util.find_spec("mypy") is None:
        print("there is no mypy here")
        return 77
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache]
    path = {"MYPYPATH": f"{ROOT}/src:{ROOT}"}
    modules = ["safepoint", "safepoint._contexts", "safepoint._types", "safepoint.signal"]
    modules += ["safepoint_activate", "worker"]
    return subprocess.run(
        [*mypy, *(word for module in modules for word in ("-m", module))],
        env={**os.environ, **path},
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
