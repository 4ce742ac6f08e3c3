# SPDX-License-Identifier: MIT OR Apache-2.0
"""readme.py README LUA: its first program works as it stands: in a terminal,
Ctrl-C makes it print what the README says that it prints."""

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import termios
from pathlib import Path


def take_terminal():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def read_until(terminal, wanted):
    text = ""
    while not re.search(wanted, text):
        if not select.select([terminal], [], [], 60)[0]:
            sys.exit(f"{wanted!r} expected, and nothing comes after {text!r}")
        try:
            text += os.read(terminal, 4096).decode()
        except OSError:
            sys.exit(f"{wanted!r} expected, and it ends with {text!r}")
    return text


def main(readme, lua):
    program = re.search(r"```lua\n(.*?)```", Path(readme).read_text(), re.S).group(1)
    terminal, inside = pty.openpty()
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(program)
        file.flush()
        process = subprocess.Popen([lua, file.name], stdin=inside, stdout=inside,
                                   stderr=inside, start_new_session=True,
                                   preexec_fn=take_terminal)
        os.close(inside)
        try:
            read_until(terminal, "working: press Ctrl-C")
            os.write(terminal, b"\x03")
            read_until(terminal, r"SIGINT, 1 time\(s\)\s+stopped in round \d+")
            status = process.wait(60)
        finally:
            process.kill()
    if status != 0:
        sys.exit(f"it ended with {status}")


main(*sys.argv[1:])
