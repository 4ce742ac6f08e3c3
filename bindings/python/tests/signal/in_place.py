# SPDX-License-Identifier: MIT OR Apache-2.0
"""A venv where each Python that starts has safepoint.signal in the place of
_signal, also with -I and -E; or, to compare with, CPython's own.

Each notes in the venv's file `log` which _signal it has.
"""
import subprocess
import sys
import zipfile
from pathlib import Path

AT_START = """\
import atexit, os, sys

def note(what):
    log = os.open({log!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(log, f"{{what}}\\n".encode())
    os.close(log)

ours = None
if {activate}:
    import safepoint_activate
    ours = sys.modules.get("safepoint.signal")  # None in a subinterpreter
if ours is not None:
    atexit.register(lambda: note(f"handled {{ours.stats()['handled']}}"))
if ours is not None or not {activate}:
    note("started " + sys.modules["_signal"].__name__)
"""


class Venv:
    def __init__(self, folder, interpreter, wheel=None):
        self.folder = Path(folder)
        subprocess.run([interpreter, "-m", "venv", "--clear", "--without-pip",
                        folder], check=True)
        self.python = self.folder / "bin" / "python"
        self.log = self.folder / "log"
        self.module = "_signal" if wheel is None else "safepoint._signal"
        [packages] = self.folder.glob("lib/python3.*/site-packages")
        if wheel is not None:
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(packages)
        # Not a sitecustomize.py: Debian's would hide it.
        (packages / "at_start.py").write_text(AT_START.format(
            activate=wheel is not None, log=str(self.log)))
        (packages / "at_start.pth").write_text("import at_start\n")

    def noted(self):
        """How many Pythons have started since this was last asked, and how many
        signals they had handled at their end, as far as they came to it."""
        lines = self.log.read_text().split() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        pairs = list(zip(lines[::2], lines[1::2]))
        modules = [value for what, value in pairs if what == "started"]
        handled = [int(value) for what, value in pairs if what == "handled"]
        if set(modules) - {self.module}:
            sys.exit(f"{self.folder}: a Python has {set(modules)}")
        return len(modules), sum(handled)
